/// \file
/// One measurement of one echo server that has slow clients among the others.
#pragma once

#include "loaded_server.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"

#include <chrono>

namespace comparison {

/// What to do to the server.
struct slow_client_options {
    unsigned ordinary = 20;              ///< clients that are measured
    std::chrono::nanoseconds duration{}; ///< of each measured time, at the least
    /// It goes on until 500 replies have come, but no longer than this; 0: `duration`.
    std::chrono::nanoseconds longest{};
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
};

/// First the ordinary clients are alone. Then, in the same run, there are two more: one that sends
/// and never reads, as much as the server takes before the measured time begins, and one that sends
/// a byte a second. Figures: those of add_replies() and add_load(), `threads`, `memory_mib` (all of
/// the ordinary ones among the slow), `requests_per_second_alone`, `p99_alone_ms` (absent where
/// `p99_ms` would be), `unread_mib` (what the server and the system took of the client that never
/// reads). When the server closes a slow client, which is its good right, sample::limit says so.
///
/// Winsock must be started. Throws as load_server(); also when the ordinary clients get nothing any
/// more.
[[nodiscard]] sample measure_slow_client(const server_program& server,
                                         const slow_client_options& options,
                                         const stop_token& stop = {});

} // namespace comparison
