#include "receive.hpp"

#include "win32/error.hpp"

namespace late {

bool receive::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter; // before the call: another thread may take the packet before it returns
    const std::shared_ptr<outcome> kept = outcome_; // the frame may be gone after the call
    DWORD flags = 0;
    const bool is_done = ::WSARecv(socket_, &buffer_, 1, nullptr, &flags, this, nullptr) == 0;
    kept->error = is_done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    return kept->error == ERROR_SUCCESS || kept->error == WSA_IO_PENDING;
}

DWORD receive::await_resume() const {
    if (outcome_->error != ERROR_SUCCESS)
        win32::throw_error(outcome_->error, "WSARecv");
    return outcome_->bytes;
}

void receive::complete(DWORD error, DWORD bytes) noexcept {
    outcome_->error = error;
    outcome_->bytes = bytes;
    waiter_.resume(); // the operation may be gone when it returns
}

} // namespace late
