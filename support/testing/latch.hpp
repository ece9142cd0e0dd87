/// \file
/// A latch that works with every compiler of ours.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace harness {

/// std::latch, made of a mutex and a condition variable. The library's own loses a wake-up now and
/// then in GCC 12 for Windows (its notify does not take the mutex), and a test that waits on it
/// hangs.
class latch {
public:
    /// Opens when it has been counted down `count` times.
    explicit latch(std::ptrdiff_t count) : count_{count} {}

    /// Counts down by one.
    void count_down() {
        const std::lock_guard lock{mutex_};
        if (--count_ == 0)
            zero_.notify_all();
    }

    /// Waits until it is open.
    void wait() {
        std::unique_lock lock{mutex_};
        zero_.wait(lock, [this] { return count_ == 0; });
    }

    /// Counts down by one, and waits until it is open.
    void arrive_and_wait() {
        count_down();
        wait();
    }

private:
    std::mutex mutex_;
    std::condition_variable zero_;
    std::ptrdiff_t count_;
};

} // namespace harness
