/// \file
/// The figures of a server.
#pragma once

#include "server/pool/counters.hpp"

#include <cstdint>
#include <string>

namespace iocp {

/// The figures of one moment. Each is exact. They are read one after the other, so two of them need
/// not fit together to the last unit while the server works.
struct statistics {
    std::uint64_t accepted = 0; ///< The connections that were given to the handler.
    std::uint64_t open = 0;     ///< Those of them that are still open.
    /// The failed accepts, and the connections that were reset at once: for want of memory, because
    /// the port would not take them, or during stop().
    std::uint64_t refused = 0;
    std::uint64_t timed_out = 0;      ///< The timeouts and deadlines that have passed.
    std::uint64_t handler_faults = 0; ///< The exceptions that came out of the handler.
    std::uint64_t bytes_received = 0; ///< The bytes from all clients.
    std::uint64_t bytes_sent = 0;     ///< The bytes to all clients that the system has taken.
    std::uint64_t queued_bytes = 0;   ///< The bytes that wait to be sent, in all sessions.
    std::uint64_t ready = 0;          ///< The operations in the ready list.
    std::uint64_t packets = 0;        ///< The packets taken from the port.
    std::uint64_t wakeups = 0;        ///< The calls that brought packets.
    /// The operations that were done at once and queued no packet.
    std::uint64_t inline_completions = 0;
};

/// Returns the figures as text, a line each.
[[nodiscard]] std::string to_text(const statistics& figures);

/// The counters behind the figures.
struct counters {
    // Counters that change with each connection lie apart from those that change with each message.
    // All threads write the latter all the time, so these share one cache line, and nothing else.
    counter accepted;
    counter open;
    counter refused;
    counter timed_out;
    counter handler_faults;

    alignas(64) counter bytes_received;
    counter bytes_sent;
    counter queued_bytes;
    pool_counters pool;
    counter inline_completions;

    /// Returns all figures but `ready`, which the pool knows.
    [[nodiscard]] statistics read() const noexcept;
};

} // namespace iocp
