/// \file
/// The fixture of every test that states a fact about the Windows API.
///
/// The namespace of support/testing is called harness because `testing` is GoogleTest's.
#pragma once

#include "testing/machine/needs.hpp"
#include "testing/machine/wine_differences.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace harness {

/// A test of a facts suite. It is skipped, with its reason, if it stands in the list of Wine's
/// differences (wine_differences.cpp) and the program runs under Wine; or in the list of needs
/// (needs.cpp), and the machine or the build lacks the thing that it needs.
///
/// \code
/// class iocp_facts : public harness::facts {};
/// TEST_F(iocp_facts, ImmediateSuccessStillQueuesAPacket) { … }
/// \endcode
///
/// Winsock is started by the test program's main().
class facts : public ::testing::Test {
protected:
    /// Skips the test if a list says so.
    void SetUp() override {
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
};

} // namespace harness
