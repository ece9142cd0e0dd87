/// \file
/// One measurement of one echo server under ordinary clients.
#pragma once

#include "loaded_server.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace comparison {

/// What to do to the server.
struct echo_options {
    unsigned connections = 1;
    std::size_t message_size = 64;       ///< bytes
    std::chrono::nanoseconds duration{}; ///< of the measured time, at the least
    /// It goes on until 500 replies have come, and this mean of replies a connection, but no longer
    /// than `longest`.
    std::uint64_t replies_each = 0;
    std::chrono::nanoseconds longest{};                            ///< 0: `duration`
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
};

/// Each client has one message under way. Figures: those of add_replies() and add_load(),
/// `fairness` (replies of the slowest connection through the mean of all; absent when that mean is
/// below 20), `cpu_us_per_request` (of the server's process, user and kernel; what Wine's own
/// server does for it is not in it), `context_switches_per_request`, `threads`, `memory_mib`
/// (resident, under load), `idle_memory_mib` (before the first connection).
///
/// Winsock must be started. Throws as load_server().
[[nodiscard]] sample measure_echo(const server_program& server, const echo_options& options,
                                  const stop_token& stop = {});

} // namespace comparison
