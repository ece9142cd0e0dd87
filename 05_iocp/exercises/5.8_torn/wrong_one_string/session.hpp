#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace torn {

/// A client of a chat. The pool's threads take its packets, and any thread may send to it.
///
/// Lifetime: longer than that of its sends.
class session {
public:
    /// Lets the packets of `client` come to `port`. Their key is this session. Throws
    /// std::system_error.
    session(win32::unique_socket client, HANDLE port) : socket_{std::move(client)} {
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket_.get()), port,
                                      reinterpret_cast<ULONG_PTR>(this), 0))
            win32::throw_last_error("CreateIoCompletionPort");
    }

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Sends a message to the client. Threads: any.
    void send(std::string_view text) {
        const std::lock_guard lock{mutex_};
        const bool was_empty = queue_.empty();
        queue_ += text;
        if (was_empty)
            start();
    }

    /// Takes the result of a send. The pool's threads call it with each packet of this session.
    void on_packet(OVERLAPPED&, DWORD error, DWORD bytes) noexcept {
        const std::lock_guard lock{mutex_}; // the packet may come before WSASend has returned
        if (error != ERROR_SUCCESS)
            return queue_.clear(); // the client is gone
        queue_.erase(0, bytes);
        if (!queue_.empty())
            start();
    }

private:
    // Sends all that is queued. Under the lock.
    void start() noexcept {
        WSABUF rest{static_cast<ULONG>(queue_.size()), queue_.data()};
        send_ = {};
        if (::WSASend(socket_.get(), &rest, 1, nullptr, 0, &send_, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            queue_.clear(); // the client is gone, and no packet will come
    }

    win32::unique_socket socket_;
    OVERLAPPED send_{}; // in flight while the queue is not empty: one send at a time
    std::mutex mutex_;  // guards the members below
    std::string queue_;
};

} // namespace torn
