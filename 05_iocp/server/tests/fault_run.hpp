/// \file
/// The run of a server in which calls fail, and the checks that must hold all the same.
#pragma once

#include "faults.hpp"

#include "testing/facts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace iocp_test {

/// A test with a fault as its parameter.
class fault_test : public harness::facts, public ::testing::WithParamInterface<fault> {};

/// Returns all faults, as the parameters of tests.
[[nodiscard]] std::vector<fault> all_faults();

/// Returns the name of a test with that parameter.
[[nodiscard]] std::string test_name(const ::testing::TestParamInfo<fault>& info);

/// Starts a server, lets clients of every kind come (they talk, ask for much, ask for a file,
/// close, half-close, reset, stay silent), and stops the server. Meanwhile `what` fails `count`
/// times, from the `first`-th time on that the server does it. The current test fails unless
///
/// - the run ends: no client is left waiting, and stop() returns;
/// - every client that the failure does not concern is served;
/// - a client that is not served whole sees no other bytes than those meant for it;
/// - the server gives back its memory, sockets and threads.
///
/// Returns the number of failures, which is less than `count` if the server has not done it so
/// often.
unsigned run_with_fault(fault what, unsigned first, unsigned count);

} // namespace iocp_test
