/// \file
/// What a thread of the pool has still to do.
#pragma once

#include "operation.hpp"
#include "slim_lock.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>

namespace iocp {

/// The operations that have ended and that one thread has taken upon itself: packets that it has
/// collected, and operations that were done at once. First in, first out.
///
/// Threads: all functions from any thread: a thread that has nothing to do takes from the lists of
/// the others, for their owners may be busy for long.
class ready_list {
public:
    void push(operation& what, DWORD bytes) noexcept {
        const std::lock_guard lock{lock_};
        list_.push(what, bytes);
        ++size_;
    }

    operation* pop(DWORD& bytes) noexcept {
        if (empty()) // the lists of the others mostly are
            return nullptr;
        const std::lock_guard lock{lock_};
        operation* const first = list_.pop(bytes);
        if (first != nullptr)
            --size_;
        return first;
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    slim_lock lock_;
    operation_list list_;
    std::atomic<std::size_t> size_{0}; // sequentially consistent: see worker_pool::collect
};

} // namespace iocp
