// Every place at which something may fail, one after the other; and failures in a row, as they come
// when a resource has run out.
#include "fault_run.hpp"

namespace {

using namespace iocp_test;

using iocp_every_fault = ::testing::TestWithParam<fault>;

TEST_P(iocp_every_fault, IsSurvivedAtEveryPlace) {
    static_cast<void>(run_with_fault(GetParam(), 1, 0)); // what is made at its first use
    unsigned first = 1;
    while (!HasFailure() && run_with_fault(GetParam(), first, 1) != 0)
        ++first;
    EXPECT_GT(first, 1u) << "the server has never done it";
}

TEST_P(iocp_every_fault, SeveralInARowAreSurvived) {
    static_cast<void>(run_with_fault(GetParam(), 1, 0));
    for (unsigned first = 1; !HasFailure() && run_with_fault(GetParam(), first, 7) != 0;)
        first += 1 + first / 2;
}

INSTANTIATE_TEST_SUITE_P(each, iocp_every_fault, ::testing::ValuesIn(all_faults()), test_name);

} // namespace
