/// \file
/// What the server counts.
#pragma once

#include "server/pool/counters.hpp"

#include <cstdint>
#include <string>

namespace iocp {

/// The figures of one moment. Each is exact; they are read one after the other, so while the server
/// works two of them need not fit together to the last unit.
struct statistics {
    std::uint64_t accepted = 0;  ///< connections that were given to the handler
    std::uint64_t open = 0;      ///< of these, still open
    std::uint64_t refused = 0;   ///< accepts that failed, and connections there was no memory for
    std::uint64_t timed_out = 0; ///< connections that were too long silent
    std::uint64_t handler_faults = 0; ///< exceptions that came out of the handler
    std::uint64_t bytes_received = 0; ///< from all clients
    std::uint64_t bytes_sent = 0;     ///< to all clients, as far as the system has taken them
    std::uint64_t queued_bytes = 0;   ///< given to send() and not yet sent, all sessions together
    std::uint64_t ready = 0;          ///< operations in the threads' ready lists
    std::uint64_t packets = 0;        ///< taken from the port
    std::uint64_t wakeups = 0;        ///< calls that brought packets
    std::uint64_t inline_completions =
        0; ///< operations that were done at once, and queued no packet
};

/// The figures as text, a line each.
[[nodiscard]] std::string to_text(const statistics& figures);

/// The figures as they grow.
struct counters {
    // Those that grow with each connection, and those that grow with each message: apart, so that
    // the second kind, which all threads write all the time, takes one cache line along.
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

    /// All but `ready`, which the pool knows.
    [[nodiscard]] statistics read() const noexcept;
};

} // namespace iocp
