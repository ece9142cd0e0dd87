/// \file
/// The load: many connections on one thread and one completion port.
#pragma once

#include "load_report.hpp"
#include "processes/process_figures.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace comparison {

/// The load's parameters.
struct load_options {
    std::uint16_t port = 0;        ///< the server's port on 127.0.0.1
    unsigned connections = 1;      ///< the number of ordinary clients, which send in a closed loop
    std::size_t message_size = 64; ///< the bytes of a message, of ordinary and silent clients
    std::chrono::nanoseconds duration{}; ///< the least measured time
    /// The number of replies until which the measured time goes on. It ends at `longest` all the
    /// same, unless no reply has come at all.
    std::uint64_t fewest_replies = 0;
    std::chrono::nanoseconds longest{}; ///< the longest measured time; `duration` if that is longer
    /// The number of replies with which the measured time ends, whatever `duration`,
    /// `fewest_replies` and `longest` are; 0 if they decide.
    std::uint64_t requests = 0;
    /// The number of clients that are served once and stay connected in silence.
    unsigned silent = 0;
    /// True for two measured times: one of the ordinary clients alone, and one beside a client that
    /// sends and never reads, and a client that sends a byte a second.
    bool slow_clients = false;
    /// The deadline for the next byte of any ordinary or silent client. Missing it is an error.
    std::chrono::milliseconds patience = std::chrono::seconds{10};
    /// The deadline for the next byte while silent clients connect. Missing it ends their number.
    std::chrono::milliseconds silent_patience = std::chrono::seconds{3};
};

/// The functions by which the load observes the server's process. They run on the load's thread.
struct server_watch {
    std::function<process_size()> size;                ///< returns its threads and memory, now
    std::function<std::optional<process_work>()> work; ///< returns its work so far
};

/// Loads a server in a closed loop: each connection has one message under way and sends the next
/// when the whole reply has come. Compares each reply with its message byte for byte. No two
/// messages are equal, unless they are shorter than 8 bytes.
///
/// First, each client connects and is served once. Then all send at once. The measured time begins
/// when each has been served again. After it, the load waits for the replies to all messages that
/// were sent in it: their latencies count, but they are not among `replies`.
///
/// A closed loop suffers from coordinated omission. A client sends nothing while it waits, so a
/// server that stalls for a second has one slow message for each connection in that second, and not
/// all the messages that clients with a pace of their own would have sent. The percentiles hold for
/// clients with one message under way. A stall that they hardly show lowers `replies`.
///
/// Winsock must be started. Throws std::system_error for a failed call, std::runtime_error for a
/// wrong byte, a connection that the server closed and a missing reply. The failure of a silent or
/// slow client is no error: see load_report::limit.
[[nodiscard]] load_report run_load(const load_options& options,
                                   const std::optional<server_watch>& watch = std::nullopt);

} // namespace comparison
