/// \file
/// What a user sees of a long copy, and how a user ends it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace program {

/// Shows on stderr how far a copy has come: on a terminal only, after half a second, at most ten
/// times a second. The destructor wipes the line. Call it from one thread at a time.
///
/// While one lives, Ctrl+C makes the next call throw, so that the copy is undone rather than left
/// half done. A second Ctrl+C ends the process at once, and leaves the
/// temporary file. One at a time in a process.
class progress_line {
public:
    progress_line();
    ~progress_line();
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// `copied` of `size` bytes are done. A `size` of 0 means that it is not known. Throws
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
