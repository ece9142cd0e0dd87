/// \file
/// What one echo costs in calls: a figure that is the same under Wine and on Windows.
#pragma once

#include "loaded_server.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"
#include "trace_file.hpp"

#include <chrono>
#include <cstdint>

namespace comparison {

/// What to do to the server.
struct calls_options {
    unsigned connections = 1;
    std::uint64_t echoes = 2000; ///< of 64 bytes, over all connections, and a few more
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
};

/// Starts the server with `--trace FILE` in a console of its own, loads it, stops it with Ctrl+C
/// and counts the calls in its recording:
///
/// - `io_calls_per_echo`: those that move bytes or start to, trace::moves_bytes()
/// - `waits_per_echo`: those of the kind trace::call_kind::wait
/// - `call/NAME`: every call that was recorded, by its name
///
/// To start, to accept and to stop takes calls, too. They are spread over the echoes, so that a
/// count of 1.003 is one call for each echo and nine others. Winsock must be started.
///
/// Throws std::runtime_error or std::system_error that says what went wrong, and how the server
/// ended if it did; `interrupted` when `stop` is requested. Nothing of the server is left then.
[[nodiscard]] sample measure_calls(const server_program& server, const calls_options& options,
                                   const stop_token& stop = {});

/// The figures of a recording with so many echoes, of which there is at least one.
[[nodiscard]] sample calls_of(const trace_file& trace, std::uint64_t echoes);

} // namespace comparison
