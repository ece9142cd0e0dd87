/// \file
/// Decides which calls of a function fail on purpose.
#pragma once

#include <atomic>

namespace harness {

/// Counts the calls of a function that a test has replaced, and tells which of them are to fail.
///
/// Threads: any; but plan() before the calls that it plans.
class planned_failures {
public:
    /// Plans that call number `first` from now on fails, counted from 1, and the next ones, up to
    /// `count` in all.
    void plan(unsigned first, unsigned count) noexcept {
        calls_ = 0;
        happened_ = 0;
        first_ = first;
        left_ = count;
    }

    /// Plans that no more calls fail.
    void end() noexcept { left_ = 0; }

    /// Counts a call, and returns whether it is to fail.
    [[nodiscard]] bool is_due() noexcept {
        if (++calls_ < first_)
            return false;
        unsigned left = left_;
        while (left != 0)
            if (left_.compare_exchange_weak(left, left - 1)) {
                ++happened_;
                return true;
            }
        return false;
    }

    /// The number of calls that have failed since plan().
    [[nodiscard]] unsigned happened() const noexcept { return happened_; }

private:
    std::atomic<unsigned> calls_{0};
    std::atomic<unsigned> first_{0};
    std::atomic<unsigned> left_{0};
    std::atomic<unsigned> happened_{0};
};

} // namespace harness
