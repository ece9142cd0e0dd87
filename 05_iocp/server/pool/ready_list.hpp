/// \file
/// The operations that wait for a thread of the pool.
#pragma once

#include "operation.hpp"
#include "win32/slim_lock.hpp"

#include <atomic>
#include <cstddef>

namespace iocp {

/// A FIFO queue of operations to complete: those whose packets were collected, those that were done
/// at once and queue no packet, and those that were scheduled.
///
/// Threads: all functions from any thread.
class ready_list {
public:
    void push(operation& what, DWORD bytes) noexcept {
        const win32::scoped_lock lock{lock_};
        list_.push(what, bytes);
        ++size_;
    }

    /// Removes and returns the first operation, and its `bytes`; null if there is none.
    operation* pop(DWORD& bytes) noexcept {
        const win32::scoped_lock lock{lock_};
        operation* const first = list_.pop(bytes);
        if (first != nullptr)
            --size_;
        return first;
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    win32::slim_lock lock_;
    operation_list list_ GUARDED_BY(lock_);
    std::atomic<std::size_t> size_{0}; // sequentially consistent, for worker_pool::sleep
};

} // namespace iocp
