/// \file
/// The result of a load, and its form as JSON between two processes.
#pragma once

#include "processes/process_figures.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace comparison {

/// One measured time of the ordinary clients.
struct load_window {
    std::uint64_t replies = 0; ///< the number of replies that were complete in it
    std::uint64_t bytes = 0; ///< the bytes that arrived in it, those of incomplete replies included
    std::chrono::nanoseconds time{};   ///< its length
    std::chrono::nanoseconds waited{}; ///< the part of it in which the load waited for packets
    /// The number of latencies that the percentiles rest on: of the messages that were sent in it,
    /// and of those that were under way from its beginning to its end. Some of their replies
    /// arrived after it.
    std::uint64_t timed = 0;
    std::chrono::nanoseconds p50{}; ///< the median latency, from the send to the reply's last byte
    std::chrono::nanoseconds p99{}; ///< the latency that 1 % of the messages exceed
    std::uint64_t fewest = 0;       ///< the least number of replies on a connection

    friend bool operator==(const load_window&, const load_window&) = default;
};

/// The server's work for some replies: those of the measured time, and some before and after it.
struct load_work {
    std::uint64_t replies = 0;                 ///< the number of these replies
    std::uint64_t bytes = 0;                   ///< their bytes
    std::chrono::nanoseconds processor_time{}; ///< the processor time of all the server's threads
    std::uint64_t context_switches = 0;        ///< the context switches of all its threads

    friend bool operator==(const load_work&, const load_work&) = default;
};

/// The result of a load.
struct load_report {
    load_window measured;             ///< the measured time
    std::optional<load_window> alone; ///< an earlier measured time without the slow clients

    std::uint64_t echoes = 0;       ///< the number of replies to all clients, from first to last
    std::uint64_t unread_bytes = 0; ///< the bytes that the client that never reads has sent

    unsigned silent = 0;                    ///< the number of silent clients that were served
    std::chrono::nanoseconds silent_time{}; ///< the time to connect and serve them
    /// The reason why there are fewer silent clients than asked for, or the failure of a slow
    /// client; empty without either.
    std::string limit;

    // The server's process; absent if it is not watched.
    std::optional<process_size> idle;        ///< its size before the first connection
    std::optional<process_size> connected;   ///< its size with the ordinary clients served once
    std::optional<process_size> with_silent; ///< its size with the silent clients served once, too
    std::optional<process_size> loaded;      ///< its size under load, after the measured time
    /// Its work; also absent if a thread of it has ended meanwhile, or the system does not tell.
    std::optional<load_work> work;

    friend bool operator==(const load_report&, const load_report&) = default;
};

/// The report as one line of JSON.
[[nodiscard]] std::string to_json(const load_report& report);

/// The report in the text of to_json(). Throws std::runtime_error if the text is no report.
[[nodiscard]] load_report report_from_json(const std::string& text);

} // namespace comparison
