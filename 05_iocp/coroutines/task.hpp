/// \file
/// task<T>: a coroutine that another coroutine awaits.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace coroutines {

/// The end of a task's body: goes on with the coroutine that awaits the task.
//! [final-awaiter]
struct resume_waiter {
    bool await_ready() const noexcept { return false; }
    // The handle is returned, not resumed here: the compiler then jumps, and the stack stays as it
    // is. With waiter.resume() each task that ends would stand on the stack until its waiter ends.
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        return ended.promise().waiter;
    }
    void await_resume() const noexcept {}
};
//! [final-awaiter]

/// The answers to the compiler's questions about every task.
//! [promise]
struct task_promise_base {
    std::suspend_always initial_suspend() const noexcept { return {}; }
    resume_waiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }

    std::coroutine_handle<> waiter; ///< the coroutine that awaits the task
    std::exception_ptr failure;     ///< the exception that ended the body
};
//! [promise]

/// The promise of a task with a result.
template <class T>
struct task_promise : task_promise_base {
    std::coroutine_handle<task_promise> get_return_object() noexcept {
        return std::coroutine_handle<task_promise>::from_promise(*this);
    }
    void return_value(T result) { value.emplace(std::move(result)); }
    T take() { return std::move(*value); }

    std::optional<T> value;
};

/// The promise of a task without one.
template <>
struct task_promise<void> : task_promise_base {
    std::coroutine_handle<task_promise> get_return_object() noexcept {
        return std::coroutine_handle<task_promise>::from_promise(*this);
    }
    void return_void() const noexcept {}
    void take() const noexcept {}
};

/// A coroutine that starts when it is awaited, and whose result or exception goes to the coroutine
/// that awaits it. Await it once.
///
/// Lifetime: it owns the frame. Destroy it before its body has started or after it has ended; in
/// between an operation of the body may be in flight (operation.hpp).
/// Threads: the body goes on wherever an operation that it awaits is completed.
template <class T = void>
class [[nodiscard]] task {
public:
    using promise_type = task_promise<T>;               ///< for the compiler
    using handle = std::coroutine_handle<promise_type>; ///< of the frame

    /// The compiler makes the task of what get_return_object() returns.
    task(handle frame) noexcept : frame_{frame} {}
    /// The other one is empty then, and may only be destroyed.
    task(task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
    ~task() {
        if (frame_)
            frame_.destroy();
    }

    //! [task]
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) const noexcept {
        frame_.promise().waiter = waiter;
        return frame_; // a jump: the body starts, in its waiter's place on the stack
    }
    T await_resume() const {
        if (frame_.promise().failure)
            std::rethrow_exception(frame_.promise().failure);
        return frame_.promise().take();
    }
    //! [task]

private:
    handle frame_;
};

} // namespace coroutines
