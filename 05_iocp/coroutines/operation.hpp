/// \file
/// An awaitable that is an OVERLAPPED.
#pragma once

#include "win32/windows.hpp"

#include <coroutine>
#include <stop_token>

namespace coroutines {

/// One overlapped operation, and the coroutine that awaits it. A class for each call derives from
/// it, and adds await_resume().
///
/// Lifetime: it lies in the frame of the coroutine that awaits it, from before the call until the
/// coroutine has gone on. So the frame may not go meanwhile: that ends the program.
/// Threads: completion_port::run_one() resumes the coroutine where it takes the packet. If the call
/// fails at once, the coroutine just goes on. Source:
/// https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-overlapped
//! [operation]
class operation : public OVERLAPPED {
public:
    operation(const operation&) = delete;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) noexcept;
    void complete(DWORD result, DWORD transferred) noexcept; ///< when its packet has been taken

protected:
    /// Makes the call, and returns its error: 0 or ERROR_IO_PENDING if a packet will come.
    using start_function = DWORD (*)(operation&) noexcept;

    operation(start_function start, const std::stop_token& stop) noexcept
        : OVERLAPPED{}, start_{start}, stop_{stop} {} ///< makes no call yet
    ~operation();

    [[nodiscard]] DWORD error() const noexcept { return error_; } ///< of the packet or the call
    [[nodiscard]] DWORD bytes() const noexcept { return bytes_; } ///< that were moved

private:
    start_function start_;
    const std::stop_token& stop_; // once it is requested, no operation starts: see cancel_io
    std::coroutine_handle<> waiter_;
    bool in_flight_ = false;
    DWORD error_ = ERROR_SUCCESS;
    DWORD bytes_ = 0;
};
//! [operation]

/// Cancels whatever is in flight on `handle`: for a std::stop_callback, which asks at the stop.
/// Lifetime: no stop comes once the handle is closed.
/// Threads: request the stop only while no other thread runs coroutines of that handle. One that is
/// between its look at the token and its call would start an operation that this cancel has missed.
struct cancel_io {
    HANDLE handle; ///< the file, or the socket

    /// Asks. Each operation in flight still comes back as a packet.
    void operator()() const noexcept { ::CancelIoEx(handle, nullptr); }
};

} // namespace coroutines
