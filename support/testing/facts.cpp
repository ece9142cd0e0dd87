#include "testing/facts.hpp"

#include "testing/wine_differences.hpp"

namespace harness {

void facts::SetUp() {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    const std::string_view reason = reason_to_skip(test.test_suite_name(), test.name());
    if (!reason.empty())
        GTEST_SKIP() << "Wine differs: " << reason;
}

} // namespace harness
