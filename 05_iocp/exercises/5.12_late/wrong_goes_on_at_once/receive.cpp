#include "receive.hpp"

#include "win32/error.hpp"

namespace late {

bool receive::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter; // before the call: another thread may take the packet before it returns
    DWORD flags = 0;
    const bool is_done = ::WSARecv(socket_, &buffer_, 1, &bytes_, &flags, this, nullptr) == 0;
    if (is_done) // the bytes are there: no need to suspend the coroutine
        return false;
    const DWORD error = static_cast<DWORD>(::WSAGetLastError());
    if (error == WSA_IO_PENDING)
        return true;
    error_ = error;
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
