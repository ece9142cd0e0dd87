/// \file
/// The load: many connections on one thread, through a completion port.
#pragma once

#include "load_report.hpp"
#include "processes/process_figures.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace comparison {

/// What to load, how, and for how long.
struct load_options {
    std::uint16_t port = 0;   ///< of a server on 127.0.0.1
    unsigned connections = 1; ///< ordinary clients: in a closed loop, as long as the load lasts
    std::size_t message_size = 64; ///< bytes, of ordinary and silent clients
    /// Of each measured time, at the least. It goes on until `fewest_replies` have come in it, but
    /// no longer than `longest`; and beyond that only when no reply has come at all.
    std::chrono::nanoseconds duration{};
    std::uint64_t fewest_replies = 0;   ///< in a measured time
    std::chrono::nanoseconds longest{}; ///< `duration` if shorter, 0 too
    /// If not 0, the measured time ends with this reply, and the three above are not used.
    std::uint64_t requests = 0;
    /// Clients that are served once and then silent, but connected.
    unsigned silent = 0;
    /// True: two measured times. The first has the ordinary clients alone; the second has also one
    /// client that sends and never reads, and one that sends a byte a second.
    bool slow_clients = false;
    /// How long nothing may come before that is an error.
    std::chrono::milliseconds patience = std::chrono::seconds{10};
    /// How long no silent client may be served before no more are tried.
    std::chrono::milliseconds silent_patience = std::chrono::seconds{3};
};

/// How the load looks at the process that it loads. They are called on the load's own thread.
struct server_watch {
    std::function<process_size()> size;                ///< threads and memory, now
    std::function<std::optional<process_work>()> work; ///< what it has done so far
};

/// Loads a server in a closed loop: each connection has one message under way, and sends the next
/// when the whole reply has come. Every reply is compared with its message, byte for byte, and no
/// two messages are equal, unless they are shorter than 8 bytes.
///
/// First every client is connected and served once. Then all send at once; the measured time begins
/// when each has been served again. After it every reply is waited for; those to messages that were
/// sent in it have their latencies counted still, though not their number in `replies`.
///
/// What a closed loop cannot see: a client sends nothing while it waits. So a server that stalls
/// for a second stalls the load, too, and that second has one slow message for each connection,
/// where clients that send at their own pace would have had all that they sent meanwhile. The
/// percentiles are those of clients that have one message under way, and of no others; a stall that
/// they hardly show takes its share of `replies`.
///
/// Winsock must be started. Throws std::system_error for a failed call, std::runtime_error for a
/// wrong byte, a connection that the server closed and a reply that did not come. A silent client
/// that comes to grief is no error: see load_report::limit.
[[nodiscard]] load_report run_load(const load_options& options,
                                   const std::optional<server_watch>& watch = std::nullopt);

} // namespace comparison
