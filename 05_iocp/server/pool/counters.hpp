/// \file
/// What is counted while the threads work.
#pragma once

#include <atomic>
#include <cstdint>

namespace iocp {

/// A number that any thread may change and read. Nothing is ordered by it.
class counter {
public:
    void add(std::uint64_t count = 1) noexcept {
        value_.fetch_add(count, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t count = 1) noexcept {
        value_.fetch_sub(count, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t read() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// What a worker_pool counts.
struct pool_counters {
    counter packets; ///< taken from the port
    counter wakeups; ///< calls that brought packets
};

} // namespace iocp
