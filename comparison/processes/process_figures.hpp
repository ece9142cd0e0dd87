/// \file
/// What the system knows about a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>

namespace comparison {

/// What a process holds at one moment.
struct process_size {
    unsigned threads = 0;
    std::uint64_t resident = 0; ///< bytes of its memory that are in RAM, code and DLLs included

    friend bool operator==(const process_size&, const process_size&) = default;
};

/// What the threads of a process have done since they began.
struct process_work {
    std::set<unsigned> threads; ///< their numbers
    std::chrono::nanoseconds processor_time{};
    std::uint64_t context_switches = 0; ///< how often a processor was given to one of them
};

/// What was done between two looks; `threads` are those that began. Nothing when a thread has ended
/// in between: its figures went with it.
[[nodiscard]] std::optional<process_work> difference(const process_work& before,
                                                     const process_work& after);

} // namespace comparison
