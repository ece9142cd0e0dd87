/// \file
/// The experiment: packets go through a port to threads that work, and the system counts.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace inside {

/// The way in which packets reach threads.
struct design {
    /// Which of the waiting threads wakes.
    enum class kind {
        last_first,  ///< the one that came last
        first_first, ///< the one that came first
        thread_each, ///< the client's own
        windows,     ///< the one that the system's port takes
    };

    std::string_view name;  ///< for people
    std::string_view id;    ///< for programs
    bool has_limit = false; ///< whether at most as many threads run as there are processors
    kind how;               ///< which thread wakes
};

/// All of them. The first one is a port as Windows documents it.
inline constexpr std::array all_designs = {
    design{"limit, last in first out", "limit-lifo", true, design::kind::last_first},
    design{"no limit, last in first out", "no-limit-lifo", false, design::kind::last_first},
    design{"limit, first in first out", "limit-fifo", true, design::kind::first_first},
    design{"no limit, first in first out", "no-limit-fifo", false, design::kind::first_first},
    design{"a thread for each client", "thread-each", false, design::kind::thread_each},
    design{"the system's own port", "system", true, design::kind::windows},
};

/// What arrives, and what is to be done for it.
struct load {
    std::string_view id;       ///< for programs
    unsigned burst = 0;        ///< packets that arrive together; the next ones when all are done
    unsigned bursts = 0;       ///< how often
    unsigned microseconds = 0; ///< the work for each packet, about
};

/// All of them.
inline constexpr std::array all_loads = {
    load{"bursts-long", 64, 40, 50},
    load{"bursts-short", 64, 120, 5},
    load{"singles", 1, 1500, 5},
};

/// The clients that send: in a burst of 64, each one once.
inline constexpr unsigned clients = 64;

/// What one round has shown.
struct figures {
    std::optional<double> switches;  ///< a packet: the workers' waits, or on Windows all switches
    std::optional<double> preempted; ///< a packet: the other switches, where they are told apart
    double threads = 0;              ///< the number of threads that had any packet
    double microseconds = 0;         ///< a packet, from the first post to the end of the work
};

/// Runs a load once. `threads` is the size of the pool, `limit` the limit of designs that have one.
/// `counts` is false to count no switches, since the counting makes calls of its own, which a
/// recording would show. Throws std::system_error; std::bad_alloc, also for one of the threads.
[[nodiscard]] figures measure(const design& how, const load& what, unsigned threads, unsigned limit,
                              bool counts = true);

} // namespace inside
