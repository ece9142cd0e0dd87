/// \file
/// The user's view of a long copy, and the way to end it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace program {

/// Shows on stderr how far a copy has come: on a terminal only, after half a second, at most ten
/// times a second. The destructor wipes the line. Call it from one thread at a time.
///
/// While one lives, Ctrl+C makes the next call throw, so that the copy is undone rather than left
/// half done. A second Ctrl+C ends the process at once, and leaves the temporary file. There may be
/// one at a time in a process.
class progress_line {
public:
    progress_line();
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// Tells that `copied` of `size` bytes are done; a `size` of 0 is an unknown one. Throws
    /// std::runtime_error when the user has pressed Ctrl+C.
    void operator()(std::uint64_t copied, std::uint64_t size);

private:
    using clock = std::chrono::steady_clock;
    std::atomic<bool> interrupted_{false};
    bool terminal_;
    bool shown_ = false;
    clock::time_point next_;
};

} // namespace program
