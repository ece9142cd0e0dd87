/// \file
/// One measurement of one echo server under long messages.
#pragma once

#include "loaded_server.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"

#include <chrono>
#include <cstddef>

namespace comparison {

/// What to do to the server.
struct stream_options {
    unsigned connections = 8;
    std::size_t message_size = std::size_t{1} << 20; ///< bytes
    std::chrono::nanoseconds duration{};             ///< of the measured time, at the least
    /// It goes on until 50 replies have come, but no longer than this; 0: `duration`.
    std::chrono::nanoseconds longest{};
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
};

/// Each client has one message under way. Figures: `megabytes_per_second` (10^6 bytes that came
/// back within the measured time, of messages that all came back whole in the end; those that were
/// sent are not counted as well), `replies` (whole messages within it), that of add_load(),
/// `cpu_us_per_mib` (processor time of the server's process, for each 2^20 bytes that came back),
/// `threads`, `memory_mib` (resident, under load).
///
/// Winsock must be started. Throws as load_server().
[[nodiscard]] sample measure_stream(const server_program& server, const stream_options& options,
                                    const stop_token& stop = {});

} // namespace comparison
