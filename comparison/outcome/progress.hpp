/// \file
/// The line that shows what runs, and how long is left.
#pragma once

#include <chrono>
#include <string>

namespace comparison {

/// Shows the progress on stderr: on a terminal as a line that is rewritten, otherwise as a line
/// every five seconds at most. The destructor wipes the line. Threads: one at a time.
class progress {
public:
    /// `all` is the expected time for everything.
    explicit progress(std::chrono::duration<double> all);
    ~progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// Shows `what`, which begins now.
    void begins(const std::string& what);

    /// Ends what has begun. It was expected to take `part` of the time.
    void is_over(std::chrono::duration<double> part) { done_ += part; }

    /// Takes `part` off the expected time.
    void leaves_out(std::chrono::duration<double> part) { all_ -= part; }

    /// The time since the beginning.
    [[nodiscard]] std::chrono::duration<double> elapsed() const { return clock::now() - start_; }
    /// The ratio of the time so far to the time that was expected for it.
    [[nodiscard]] double pace() const;

    /// Wipes the line to make room for other output.
    void clear();

private:
    using clock = std::chrono::steady_clock;
    using seconds = std::chrono::duration<double>;

    seconds all_;
    seconds done_{};
    clock::time_point start_ = clock::now();
    clock::time_point next_line_ = start_;
    std::size_t width_;     // the terminal's width in characters; 0 without a terminal
    std::size_t shown_ = 0; // the number of characters in its line
};

} // namespace comparison
