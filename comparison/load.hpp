/// \file
/// The load: many connections on one thread, through a completion port.
#pragma once

#include "histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace comparison {

/// What to load, how, and for how long.
struct load_options {
    std::uint16_t port = 0; ///< of a server on 127.0.0.1
    unsigned connections = 1;
    std::size_t message_size = 64; ///< bytes, at least 8
    /// Of the measured time. It goes on beyond that only when no reply has come in it.
    std::chrono::nanoseconds duration{};
    /// How long nothing may come before that is an error.
    std::chrono::nanoseconds patience = std::chrono::seconds{10};
    /// Called once after the measured time, on another thread, while the load goes on uncounted:
    /// the moment to look at the server's threads and memory.
    std::function<void()> while_loaded = [] {
    };
};

/// What came of it.
struct load_result {
    std::uint64_t requests = 0;      ///< replies that arrived within the measured time
    std::chrono::nanoseconds time{}; ///< the measured time
    histogram latencies;             ///< nanoseconds from the send to the last byte of the reply
    unsigned unserved = 0;           ///< connections without a reply in the measured time
};

/// Loads a server in a closed loop: each connection has one message under way, and sends the next
/// when the whole reply has come. Every reply is compared with its message, byte for byte, and no
/// two messages are equal.
///
/// The measured time begins when every connection has been served once. Winsock must be started.
/// Throws std::system_error for a failed call, std::runtime_error for a wrong byte, a connection
/// that the server closed and a reply that did not come, `interrupted` when `stop` is requested.
[[nodiscard]] load_result run_load(const load_options& options, const std::stop_token& stop = {});

} // namespace comparison
