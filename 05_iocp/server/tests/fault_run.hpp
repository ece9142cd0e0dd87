/// \file
/// One life of a server in which something fails, and what must hold all the same.
#pragma once

#include "faults.hpp"

#include "testing/facts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace iocp_test {

/// A test that is made with each fault.
class fault_test : public harness::facts, public ::testing::WithParamInterface<fault> {};

/// All that there are: for a test with a parameter.
[[nodiscard]] std::vector<fault> all_faults();

/// The name of such a test.
[[nodiscard]] std::string test_name(const ::testing::TestParamInfo<fault>& info);

/// Starts a server, lets clients of every kind come (they talk, ask for much, ask for a file,
/// close, half-close, reset, stay silent), and stops it. Meanwhile `what` fails `count` times, the
/// first time when the server does it for the `first`-th time. Each of these must hold, or the
/// current test has failed:
///
/// - it comes to its end: no client is left waiting, and stop() returns;
/// - every client that this failure does not concern is served;
/// - a client that is not served whole never sees more or other bytes than were meant for it;
/// - what the server had of memory, sockets and threads is given back.
///
/// Returns how often it has failed: fewer than `count` times if the server never came so far.
unsigned run_with_fault(fault what, unsigned first, unsigned count);

} // namespace iocp_test
