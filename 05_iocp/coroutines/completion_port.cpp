#include "completion_port.hpp"

#include "operation.hpp"
#include "win32/error.hpp"

#include <utility>

namespace coroutines {

constexpr DWORD pause_step = 100; // milliseconds after which a waiting thread looks at the pauses

completion_port::completion_port(DWORD running)
    : port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, running)} {
    if (!port_)
        win32::throw_last_error("CreateIoCompletionPort");
}

void completion_port::associate(HANDLE handle) {
    if (!::CreateIoCompletionPort(handle, port_.get(), 0, 0))
        win32::throw_last_error("CreateIoCompletionPort");
}

//! [run-one]
bool completion_port::run_one() noexcept {
    DWORD bytes = 0;
    ULONG_PTR key = 0; // not used: the OVERLAPPED leads to everything
    OVERLAPPED* overlapped = nullptr;
    const BOOL good = ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &overlapped,
                                                  pauses_ != 0 ? pause_step : INFINITE);
    if (overlapped != nullptr)
        static_cast<operation*>(overlapped)->complete(good ? 0 : ::GetLastError(), bytes);
    else if (good)
        return false; // of post_stop(): this thread may not come back, so it resumes nobody
    if (pauses_ != 0)
        end_pauses(::GetTickCount64());
    return true;
}
//! [run-one]

void completion_port::post_stop() noexcept {
    ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr);
}

//! [pause]
// The thread that suspends a coroutine here runs the port again, and waits with a limit.
void pause::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
    const win32::scoped_lock lock{port_.lock_};
    next_ = std::exchange(port_.first_, this);
    ++port_.pauses_;
} // from the end of the lock on, another thread may resume it

// A pause that is made meanwhile ends after `now`: so the loop comes to an end.
void completion_port::end_pauses(ULONGLONG now) noexcept {
    for (;;) {
        const win32::scoped_lock lock{lock_};
        pause** at = &first_;
        while (*at != nullptr && (*at)->ends_ > now)
            at = &(*at)->next_;
        if (*at == nullptr)
            return;
        pause* const ended = std::exchange(*at, (*at)->next_);
        --pauses_;
        const win32::scoped_unlock unlocked{lock_};
        ended->waiter_.resume();
    }
}
//! [pause]

} // namespace coroutines
