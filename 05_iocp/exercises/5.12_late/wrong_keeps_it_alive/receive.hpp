#pragma once

#include "win32/winsock.hpp"

#include <coroutine>
#include <memory>
#include <span>

namespace late {

/// `co_await receive{socket, buffer}` is the number of bytes that have come in; 0 is the end of the
/// stream. Throws std::system_error.
///
/// The operation is its own OVERLAPPED, and lies in the frame of the coroutine that awaits it. It
/// is to be awaited once. Lifetime: Windows writes to `buffer` until the coroutine goes on.
class receive : public OVERLAPPED {
public:
    receive(SOCKET socket, std::span<char> buffer) noexcept
        : OVERLAPPED{},
          socket_{socket},
          buffer_{static_cast<ULONG>(buffer.size()), buffer.data()} {}

    receive(const receive&) = delete;
    receive& operator=(const receive&) = delete;

    bool await_ready() const noexcept { return false; }
    /// Starts the operation. Returns true if a packet will come, and false if it has failed at
    /// once: then the coroutine goes on without being suspended.
    bool await_suspend(std::coroutine_handle<> waiter) noexcept;
    DWORD await_resume() const;

    /// Takes the result from the operation's packet, and goes on with the coroutine. To be called
    /// by the thread that has taken the packet.
    void complete(DWORD error, DWORD bytes) noexcept;

private:
    struct outcome {
        DWORD error = ERROR_SUCCESS;
        DWORD bytes = 0;
    };

    SOCKET socket_;
    WSABUF buffer_;
    std::coroutine_handle<> waiter_;
    const std::shared_ptr<outcome> outcome_ = std::make_shared<outcome>();
};

} // namespace late
