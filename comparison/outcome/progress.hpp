/// \file
/// What runs, and how long is left.
#pragma once

#include <chrono>
#include <string>

namespace comparison {

/// Tells it on stderr: in one line that is rewritten when that is a terminal, and else in a line
/// every five seconds at most. The destructor wipes the line.
class progress {
public:
    /// `all` is how long everything is expected to take.
    explicit progress(std::chrono::duration<double> all);
    ~progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// `what` begins now.
    void begins(const std::string& what);

    /// What has begun is over; it was expected to take `part` of all.
    void is_over(std::chrono::duration<double> part);

    /// `part` of all will not be done.
    void leaves_out(std::chrono::duration<double> part);

    /// How long has passed.
    [[nodiscard]] std::chrono::duration<double> elapsed() const;
    /// How long it has taken for each second that was expected.
    [[nodiscard]] double pace() const;

    /// Wipes the line, for other output to follow.
    void clear();

private:
    using clock = std::chrono::steady_clock;
    using seconds = std::chrono::duration<double>;

    seconds all_;
    seconds done_{};
    clock::time_point start_ = clock::now();
    clock::time_point next_line_ = start_;
    std::size_t width_;     // of the terminal; 0: it is none
    std::size_t shown_ = 0; // characters on its line
};

} // namespace comparison
