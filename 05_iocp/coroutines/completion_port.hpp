/// \file
/// A completion port whose packets resume coroutines.
#pragma once

#include "win32/unique_resource.hpp"

#include <atomic>
#include <coroutine>
#include <mutex>

namespace coroutines {

class pause;

/// A completion port on which every operation is an operation of operation.hpp.
///
/// Threads: any number may run it; all members may be called by any of them.
class completion_port {
public:
    /// Makes a port that lets `running` threads run at once; 0 stands for one for each processor.
    /// Throws std::system_error. Source:
    /// https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport
    explicit completion_port(DWORD running);

    /// Lets the completions of `handle` come to this port. Throws std::system_error.
    void associate(HANDLE handle);

    /// Takes a packet, and resumes the coroutine that awaits it, on this thread. Returns when that
    /// coroutine has suspended itself again, or has ended. Returns false for a packet of
    /// post_stop().
    bool run_one() noexcept;

    /// Lets one run_one() return false.
    void post_stop() noexcept;

private:
    friend class pause;
    void end_pauses() noexcept;

    win32::unique_handle port_;
    std::atomic<unsigned> pauses_{0}; // the number of coroutines that pause
    std::mutex mutex_;                // guards the list of their pauses
    pause* first_ = nullptr;
};

/// Lets a coroutine wait for some time, and takes no thread for that.
///
/// Threads: await it on one that runs the port, or before any does: a thread that waits for a
/// packet already does not learn of it.
class pause {
public:
    /// At least `milliseconds`; a multiple of the port's own step of 100 ms if nothing else
    /// happens.
    pause(completion_port& port, DWORD milliseconds) noexcept
        : port_{port}, ends_{::GetTickCount64() + milliseconds} {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept;
    void await_resume() const noexcept {}

private:
    friend class completion_port;
    completion_port& port_;
    ULONGLONG ends_;
    std::coroutine_handle<> waiter_;
    pause* next_ = nullptr;
};

} // namespace coroutines
