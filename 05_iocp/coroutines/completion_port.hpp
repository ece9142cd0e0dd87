/// \file
/// A completion port whose packets resume coroutines.
#pragma once

#include "win32/slim_lock.hpp"
#include "win32/unique_resource.hpp"

#include <atomic>
#include <coroutine>

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
    /// post_stop(), and has then resumed none.
    bool run_one() noexcept;

    /// Lets one run_one() return false. Windows may refuse the packet when it has no memory for it:
    /// then none does.
    void post_stop() noexcept;

private:
    friend class pause;
    void end_pauses(ULONGLONG now) noexcept;

    win32::unique_handle port_;
    std::atomic<unsigned> pauses_{0}; // the number of coroutines that pause
    win32::slim_lock lock_;
    pause* first_ GUARDED_BY(lock_) = nullptr; // the list of their pauses
};

/// Lets a coroutine wait for some time, and takes no thread for that.
///
/// Threads: await it on one that runs the port, or before any does. Somebody must then call
/// run_one() anew until it has ended: one that waits for a packet already does not learn of it.
class pause {
public:
    /// At least `milliseconds`, less one tick of GetTickCount64() (10 to 16 ms); 0 counts as 1. If
    /// nothing else happens, it is a multiple of the port's own step of 100 ms.
    pause(completion_port& port, DWORD milliseconds) noexcept
        : port_{port}, ends_{::GetTickCount64() + (milliseconds != 0 ? milliseconds : 1)} {}

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
