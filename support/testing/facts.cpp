#include "testing/facts.hpp"

#include "testing/wine_differences.hpp"

#include <string>

namespace harness {

void facts::SetUp() {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    const std::string_view reason = reason_to_skip(test.test_suite_name(), test.name());
    if (reason.empty())
        return;
    // GoogleTest's report in JSON leaves out what a skipped test says, up to version 1.12.
    RecordProperty("skipped_because", std::string{reason});
    GTEST_SKIP() << "Wine differs: " << reason;
}

} // namespace harness
