/// \file
/// The fixture of every test that states a fact about the Windows API.
#pragma once

#include <gtest/gtest.h>

namespace harness {

/// A test of a facts suite: skipped, with its reason, when it stands in the list of what Wine does
/// otherwise (wine_differences.cpp) and the program runs under Wine. Nothing is skipped on Windows.
///
/// \code
/// class iocp_facts : public harness::facts {};
/// TEST_F(iocp_facts, ImmediateSuccessStillQueuesAPacket) { … }
/// \endcode
///
/// Winsock is started by the test program's main().
class facts : public ::testing::Test {
protected:
    /// Skips the test if it is on that list, under Wine.
    void SetUp() override;
};

} // namespace harness
