#include "testing/facts.hpp"

#include "testing/needs.hpp"
#include "testing/wine_differences.hpp"

namespace harness {

void facts::SetUp() {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    const std::string_view reason = reason_to_skip(test.test_suite_name(), test.name());
    if (!reason.empty())
        GTEST_SKIP() << "Wine differs: " << reason;
    const std::string_view missing = what_is_missing(test.test_suite_name(), test.name());
    if (!missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
}

} // namespace harness
