/// \file
/// The system's figures for a process.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>

namespace comparison {

/// The threads and memory of a process at one moment.
struct process_size {
    unsigned threads = 0;
    std::uint64_t resident = 0; ///< its resident memory in bytes, code and DLLs included

    friend bool operator==(const process_size&, const process_size&) = default;
};

/// The work of a process's threads since they began.
struct process_work {
    std::set<unsigned> threads; ///< the threads' numbers
    std::chrono::nanoseconds processor_time{};
    std::uint64_t context_switches = 0; ///< the number of times that one of them got a processor
};

/// The work between two moments; `threads` are those that began in between. Nothing if a thread has
/// ended in between, since its figures are lost.
[[nodiscard]] inline std::optional<process_work> difference(const process_work& before,
                                                            const process_work& after) {
    if (!std::ranges::includes(after.threads, before.threads))
        return std::nullopt;
    process_work result;
    std::ranges::set_difference(after.threads, before.threads,
                                std::inserter(result.threads, result.threads.end()));
    result.processor_time = after.processor_time - before.processor_time;
    result.context_switches = after.context_switches - before.context_switches;
    return result;
}

} // namespace comparison
