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
    const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
    if (overlapped != nullptr)
        static_cast<operation*>(overlapped)->complete(error, bytes);
    end_pauses();
    return !good || overlapped != nullptr;
}
//! [run-one]

void completion_port::post_stop() noexcept {
    ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr);
}

//! [pause]
// The thread that suspends a coroutine here comes back to run_one(), and waits with a limit.
void pause::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
    const std::lock_guard lock{port_.mutex_};
    next_ = std::exchange(port_.first_, this);
    ++port_.pauses_;
} // from the end of the lock on, another thread may resume it

void completion_port::end_pauses() noexcept {
    while (pauses_ != 0) {
        std::unique_lock lock{mutex_};
        pause** at = &first_;
        while (*at != nullptr && (*at)->ends_ > ::GetTickCount64())
            at = &(*at)->next_;
        pause* const ended = *at;
        if (ended == nullptr)
            return;
        *at = ended->next_;
        --pauses_;
        lock.unlock();
        ended->waiter_.resume();
    }
}
//! [pause]

} // namespace coroutines
