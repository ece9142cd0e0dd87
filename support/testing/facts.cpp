#include "facts.hpp"

#include "testing/machine/needs.hpp"
#include "testing/machine/wine_differences.hpp"

#include <string>

namespace harness {

void facts::SetUp() {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    const std::string_view difference = reason_to_skip(test.test_suite_name(), test.name());
    const std::string_view missing = what_is_missing(test.test_suite_name(), test.name());
    if (difference.empty() && missing.empty())
        return;
    const bool differs = !difference.empty();
    // GoogleTest's report in JSON leaves out the words of a skipped test, up to version 1.12.
    RecordProperty("skipped_because", std::string{differs ? difference : missing});
    GTEST_SKIP() << (differs ? "Wine differs: " : "Missing here: ")
                 << (differs ? difference : missing);
}

} // namespace harness
