/// \file
/// How to serve.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace iocp {

/// The longest time that can be asked for: enough for everybody, and far from where adding it to a
/// time of the clock would overflow.
inline constexpr std::chrono::milliseconds longest_time = std::chrono::hours{24 * 365};

/// What a server is told at its start. A timeout of 0 means: never; but a drain_timeout of 0: at
/// once. None may be longer than longest_time.
struct server_options {
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6 address to listen on, or a name
    std::uint16_t port = 0;            ///< 0 picks a free port

    unsigned threads = 0;     ///< size of the pool; 0 is twice the processors
    unsigned concurrency = 0; ///< threads that run at once; 0 is the number of processors

    unsigned max_connections = 20'000; ///< open at once; the others wait in the listener's backlog
    unsigned pending_accepts = 16;     ///< AcceptEx operations in flight at most

    /// A connection over which nothing has gone, either way, for so long is reset. The time begins
    /// when a client that takes min_send_rate has all that was sent.
    std::chrono::milliseconds idle_timeout{0};
    /// So is one whose first bytes have not come so long after it was accepted.
    std::chrono::milliseconds first_bytes_timeout{0};
    /// So is one whose client takes nothing for so long while more than high_water_mark waits for
    /// it. It takes something when a send ends: of up to 64 KiB, or of 16 blocks of the handler's.
    std::chrono::milliseconds stall_timeout{0};
    /// Of a connection that is being closed: so is one whose client takes nothing of what is left
    /// for so long, or does not close on its side. The time begins as that of idle_timeout does.
    /// During a stop() only drain_timeout counts.
    std::chrono::milliseconds close_timeout{5'000};
    /// How long stop() lets clients take what is queued for them, and leave. The others are reset;
    /// after a stop() inside a handler up to a second later.
    std::chrono::milliseconds drain_timeout{500};
    /// A client that takes so many bytes a second is not idle; 0: only what is seen counts. And
    /// that is little: a send is done when the system has taken all of it, and of what the system
    /// has then, it does not say when the client takes it.
    std::size_t min_send_rate = 16 * 1024;

    /// Bytes that wait to be sent in one session: above this nothing more is received from it.
    std::size_t high_water_mark = 64 * 1024;
    /// Below this it goes on.
    std::size_t low_water_mark = 16 * 1024;
    /// send() takes nothing that would bring it above this.
    std::size_t queue_limit = 4 * 1024 * 1024;

    /// Send at once what is queued (TCP_NODELAY). The queue gathers small messages anyway; Nagle's
    /// algorithm would wait for the client's acknowledgement besides.
    bool no_delay = true;
};

} // namespace iocp
