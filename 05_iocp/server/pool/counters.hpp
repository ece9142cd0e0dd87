/// \file
/// Counters that all threads share.
#pragma once

#include <atomic>
#include <cstdint>

namespace iocp {

/// A number that any thread may change and read. It orders no other access to memory.
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

/// The counters of a worker_pool.
struct pool_counters {
    counter packets; ///< The packets taken from the port.
    counter wakeups; ///< The calls that brought packets.
};

} // namespace iocp
