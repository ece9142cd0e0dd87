#include "receive.hpp"

#include "win32/error.hpp"

namespace late {

bool receive::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter; // before the call: another thread may take the packet before it returns
    DWORD flags = 0;
    if (::WSARecv(socket_, &buffer_, 1, nullptr, &flags, this, nullptr) == 0)
        return true; // a packet has come: the frame, and *this in it, may be gone by now
    error_ = static_cast<DWORD>(::WSAGetLastError());
    if (error_ != WSA_IO_PENDING)
        return false; // no packet will come
    error_ = ERROR_SUCCESS;
    return true;
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
