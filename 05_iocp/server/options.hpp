/// \file
/// The options of a server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace iocp {

/// The longest time that an option can have: far below the times at which adding it to a time of
/// the clock would overflow.
inline constexpr std::chrono::milliseconds longest_time = std::chrono::hours{24 * 365};

/// The options of a server. 0 means no timeout, except that a drain_timeout of 0 ends at once. No
/// timeout may be longer than longest_time.
struct server_options {
    std::string address = "127.0.0.1"; ///< The IPv4 or IPv6 address to listen on, or a name.
    std::uint16_t port = 0;            ///< The port; 0 picks a free one.

    unsigned threads = 0;     ///< The size of the pool; 0 is twice the number of processors.
    unsigned concurrency = 0; ///< The threads that run at once; 0 is the number of processors.

    /// The open connections at most. Others wait in the backlog.
    unsigned max_connections = 20'000;
    /// The AcceptEx operations in flight at most.
    unsigned pending_accepts = 16;

    /// The time after which a connection is reset if no bytes have gone over it in either
    /// direction. It begins when a client that takes min_send_rate has all bytes that were sent.
    std::chrono::milliseconds idle_timeout{0};
    /// The time after which a connection is reset if it has brought no bytes since it was accepted.
    std::chrono::milliseconds first_bytes_timeout{0};
    /// The time after which a connection is reset if its queue is above high_water_mark and no
    /// send ends. A send has up to 64 KiB, or up to 16 blocks that the handler has handed over.
    std::chrono::milliseconds stall_timeout{0};
    /// The time after which a connection that is being closed is reset if its client takes no bytes
    /// or does not close. It begins as idle_timeout does. During a stop() only drain_timeout
    /// counts.
    std::chrono::milliseconds close_timeout{5'000};
    /// The time that stop() gives clients to take the queued bytes and to leave, before it resets
    /// them. After a stop() inside a handler it may be up to a second longer.
    std::chrono::milliseconds drain_timeout{500};
    /// The bytes a second that a client must take so as not to be idle. A server cannot see what
    /// its client takes: a send ends when the system has taken its bytes. So after each send the
    /// client gets the time that it needs at this rate. 0 gives it no such time.
    std::size_t min_send_rate = 16 * 1024;

    /// The queued bytes of one session above which nothing more is received from its client.
    std::size_t high_water_mark = 64 * 1024;
    /// The queued bytes at which receiving goes on.
    std::size_t low_water_mark = 16 * 1024;
    /// The queued bytes of one session at most: send() queues nothing that would exceed them.
    std::size_t queue_limit = 4 * 1024 * 1024;

    /// Whether queued bytes are sent at once (TCP_NODELAY). The queue gathers small messages
    /// anyway, and Nagle's algorithm would wait for the client's acknowledgement besides.
    bool no_delay = true;
};

} // namespace iocp
