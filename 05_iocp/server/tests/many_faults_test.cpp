// Faults at as many places as there is time for, and faults in a row, as when a resource has run
// out.
#include "fault_run.hpp"

namespace {

using namespace iocp_test;

using iocp_many_faults = fault_test;

// Takes the first places one by one, since many calls are made once only, and later ones with
// growing gaps.
TEST_P(iocp_many_faults, IsSurvivedWhereverItHappens) {
    static_cast<void>(
        run_with_fault(GetParam(), 1, 0)); // makes the objects that are made at their first use
    unsigned first = 1;
    while (!HasFailure() && run_with_fault(GetParam(), first, 1) != 0)
        first += 1 + first / 4;
    EXPECT_GT(first, 1u) << "the server has never done it";
}

TEST_P(iocp_many_faults, SeveralInARowAreSurvived) {
    static_cast<void>(run_with_fault(GetParam(), 1, 0));
    for (unsigned first = 1; !HasFailure() && run_with_fault(GetParam(), first, 7) != 0;)
        first += 1 + first / 2;
}

INSTANTIATE_TEST_SUITE_P(each, iocp_many_faults, ::testing::ValuesIn(all_faults()), test_name);

} // namespace
