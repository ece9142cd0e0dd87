/// \file
/// Which calls of a function fail on purpose.
#pragma once

#include <atomic>

namespace harness {

/// Counts the calls of a function that a test has replaced, and tells which of them are to fail.
///
/// Threads: any; but plan() before the calls that it plans.
class planned_failures {
public:
    /// From now on the call `first` fails, counted from 1, and those after it: `count` in all.
    void plan(unsigned first, unsigned count) noexcept {
        calls_ = 0;
        happened_ = 0;
        first_ = first;
        left_ = count;
    }

    /// No more fail.
    void end() noexcept { left_ = 0; }

    /// Counts a call. True: it is to fail.
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

    /// How many have failed since plan().
    [[nodiscard]] unsigned happened() const noexcept { return happened_; }

private:
    std::atomic<unsigned> calls_{0};
    std::atomic<unsigned> first_{0};
    std::atomic<unsigned> left_{0};
    std::atomic<unsigned> happened_{0};
};

} // namespace harness
