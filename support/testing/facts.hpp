/// \file
/// The fixture of every test that states a fact about the Windows API.
///
/// The namespace of support/testing is called harness because `testing` is GoogleTest's.
#pragma once

#include <gtest/gtest.h>

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
    void SetUp() override;
};

} // namespace harness
