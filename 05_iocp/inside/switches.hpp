/// \file
/// The system's own count of context switches.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

namespace inside {

/// The times that threads have left a processor.
struct switches {
    std::uint64_t waiting = 0; ///< because they had to wait; on Windows for any reason
    std::uint64_t preempted =
        0; ///< because others were to run; 0 on Windows, which counts both as one
};

/// Counts the context switches of the threads that begin after it was made. Threads: one at a time.
/// The main thread makes the first one: under Wine the process is found by that thread's name, and
/// nothing is counted if another thread has made it.
class switch_counter {
public:
    /// Throws std::system_error.
    switch_counter();

    /// Returns the switches, so far, of those of its threads that have not ended. Nothing if the
    /// system does not tell: a Wine that gives Linux' threads no names. Throws std::system_error.
    [[nodiscard]] std::optional<switches> count() const;

private:
    std::set<unsigned> others_; // the threads that were there before
};

} // namespace inside
