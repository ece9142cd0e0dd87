/// \file
/// The fixture of every test that states a fact about the Windows API.
#pragma once

#include <gtest/gtest.h>

namespace harness {

/// A test of a facts suite: skipped, with its reason, when it stands in the list of what Wine does
/// otherwise (wine_differences.cpp) and the program runs under Wine; or in that of what a machine
/// or a build may lack (needs.cpp), and it is missing.
///
/// \code
/// class iocp_facts : public harness::facts {};
/// TEST_F(iocp_facts, ImmediateSuccessStillQueuesAPacket) { … }
/// \endcode
///
/// Winsock is started by the test program's main().
class facts : public ::testing::Test {
protected:
    /// Skips the test if it is to be skipped.
    void SetUp() override;
};

} // namespace harness
