/// \file
/// What the threads of the pool have still to do.
#pragma once

#include "operation.hpp"
#include "win32/slim_lock.hpp"

#include <atomic>
#include <cstddef>

namespace iocp {

/// Operations that have ended and wait for a thread: packets that were collected, and operations
/// that were done at once and of which no packet comes. First in, first out.
///
/// Threads: all functions from any thread.
class ready_list {
public:
    void push(operation& what, DWORD bytes) noexcept {
        const win32::scoped_lock lock{lock_};
        list_.push(what, bytes);
        ++size_;
    }

    /// The first, and its bytes; null if there is none.
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
    std::atomic<std::size_t> size_{0}; // sequentially consistent: see worker_pool::sleep
};

} // namespace iocp
