/// \file
/// Coroutines that nobody awaits, and somebody waits for.
#pragma once

#include "task.hpp"

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

namespace coroutines {

/// Starts tasks that run by themselves, and knows how many have not ended. An exception that leaves
/// such a task ends it, and nothing else.
///
/// Threads: any. Lifetime: it outlives its tasks: run the port until running() is 0.
class scope {
public:
    ~scope() {
        if (running_ != 0)
            std::terminate(); // as a std::thread that was not joined
    }

    /// Starts `work`, and returns when it has suspended itself for the first time, or has ended.
    /// Throws std::bad_alloc; `work` is then gone, and has not started.
    void spawn(task<> work) { run(std::move(work), *this); }

    /// The number of tasks that have not ended. The frames of the others are gone, with whatever
    /// they owned.
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    //! [scope]
    // A coroutine that starts at once, and whose frame goes by itself at the end.
    struct detached {
        struct promise_type {
            detached get_return_object() const noexcept { return {}; }
            std::suspend_never initial_suspend() const noexcept { return {}; }
            std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
            void unhandled_exception() const noexcept { std::terminate(); }
        };
    };

    static detached run(task<> work, scope& self) {
        ++self.running_;
        {
            const task<> own = std::move(work); // so that the task's frame goes before the count
            try {
                co_await own;
            } catch (...) {
                // A lost connection, a stop: it was this task's own end.
            }
        }
        --self.running_; // the last use of `self`: it may go now
    }
    //! [scope]

    std::atomic<std::size_t> running_{0};
};

} // namespace coroutines
