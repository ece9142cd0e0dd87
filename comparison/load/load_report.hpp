/// \file
/// What the load has found, and how it gets from one process to another.
#pragma once

#include "processes/process_figures.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace comparison {

/// One measured time of the ordinary clients.
struct load_window {
    std::uint64_t replies = 0; ///< that arrived in it, whole
    std::uint64_t bytes = 0;   ///< that arrived in it; all messages came back whole in the end
    std::chrono::nanoseconds time{};   ///< its length
    std::chrono::nanoseconds waited{}; ///< of it, by the load, for packets
    /// Messages that the percentiles rest on: those that were sent in it, and those that had no
    /// reply from its beginning to its end. So some of their replies arrived after it.
    std::uint64_t timed = 0;
    std::chrono::nanoseconds p50{}; ///< from the send to the last byte of the reply
    std::chrono::nanoseconds p99{}; ///< likewise
    std::uint64_t fewest = 0;       ///< replies on the connection that had the fewest

    friend bool operator==(const load_window&, const load_window&) = default;
};

/// What the server did for so many replies. Some came in the measured time, some before and after.
struct load_work {
    std::uint64_t replies = 0;                 ///< that came meanwhile
    std::uint64_t bytes = 0;                   ///< in these replies
    std::chrono::nanoseconds processor_time{}; ///< of all its threads
    std::uint64_t context_switches = 0;        ///< of all its threads

    friend bool operator==(const load_work&, const load_work&) = default;
};

/// What came of a load.
struct load_report {
    load_window measured;             ///< the measured time
    std::optional<load_window> alone; ///< before there were slow clients

    std::uint64_t echoes = 0;       ///< replies to all clients from beginning to end
    std::uint64_t unread_bytes = 0; ///< sent by the client that never reads

    unsigned silent = 0;                    ///< silent clients that were served
    std::chrono::nanoseconds silent_time{}; ///< for connecting and serving them
    /// Why there are fewer silent clients than were asked for. Empty when all are there.
    std::string limit;

    // Only of a server that is watched.
    std::optional<process_size> idle;        ///< before the first connection
    std::optional<process_size> connected;   ///< with the ordinary clients served once
    std::optional<process_size> with_silent; ///< with the silent ones served once, too
    std::optional<process_size> loaded;      ///< under load, after the measured time
    /// Also absent when threads of the server ended meanwhile and took their figures with them, or
    /// when the system does not tell.
    std::optional<load_work> work;

    friend bool operator==(const load_report&, const load_report&) = default;
};

/// The report as one line of JSON.
[[nodiscard]] std::string to_json(const load_report& report);

/// And back. Throws std::runtime_error for a text that is no report.
[[nodiscard]] load_report report_from_json(const std::string& text);

} // namespace comparison
