/// \file
/// One measurement of one echo server that has many silent clients.
#pragma once

#include "loaded_server.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"

#include <chrono>

namespace comparison {

/// What to do to the server.
struct idle_options {
    unsigned silent = 0; ///< clients that connect, are served once, and stay
    unsigned active = 10;
    std::chrono::nanoseconds duration{}; ///< of the measured time, at the least
    /// It goes on until 500 replies have come, but no longer than this; 0: `duration`.
    std::chrono::nanoseconds longest{};
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
    /// How long no silent client may be served before no more are tried.
    std::chrono::milliseconds silent_patience = std::chrono::seconds{3};
};

/// The active clients connect first, then the silent ones; measured are the active ones. Figures:
/// those of add_replies() and add_load(), `threads`, `memory_mib`, `silent` (how many were
/// served), and if there are any: `memory_per_silent_kib` (by what the resident memory grew from
/// when the active ones were served once to when the silent ones were, through their number) and
/// `silent_per_second` (connected and served).
///
/// When the server does not take all of the silent clients, sample::limit says where it stopped and
/// why, and the figures are those with the clients that it has.
///
/// Winsock must be started. Throws as load_server().
[[nodiscard]] sample measure_idle(const server_program& server, const idle_options& options,
                                  const stop_token& stop = {});

} // namespace comparison
