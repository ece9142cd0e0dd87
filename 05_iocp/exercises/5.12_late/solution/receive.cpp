#include "receive.hpp"

#include "win32/error.hpp"

namespace late {

bool receive::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter; // before the call: another thread may take the packet before it returns
    DWORD flags = 0;
    const bool is_done = ::WSARecv(socket_, &buffer_, 1, nullptr, &flags, this, nullptr) == 0;
    const DWORD error = is_done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    if (error == ERROR_SUCCESS || error == WSA_IO_PENDING)
        return true; // a packet comes, or has come: the frame, and *this in it, may be gone by now
    error_ = error;  // no packet will come, so the coroutine still waits here
    return false;
}

DWORD receive::await_resume() const {
    if (error_ != ERROR_SUCCESS)
        win32::throw_error(error_, "WSARecv");
    return bytes_;
}

void receive::complete(DWORD error, DWORD bytes) noexcept {
    error_ = error;
    bytes_ = bytes;
    waiter_.resume(); // the operation may be gone when it returns
}

} // namespace late
