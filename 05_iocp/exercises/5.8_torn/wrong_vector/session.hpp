#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
        queue_.emplace_back(text);
        if (queue_.size() == 1)
            start();
    }

    /// Takes the result of a send. The pool's threads call it with each packet of this session.
    void on_packet(OVERLAPPED&, DWORD error, DWORD bytes) noexcept {
        const std::lock_guard lock{mutex_}; // the packet may come before WSASend has returned
        if (error != ERROR_SUCCESS)
            return queue_.clear(); // the client is gone
        begin_ += bytes;
        if (begin_ == queue_.front().size()) {
            queue_.erase(queue_.begin());
            begin_ = 0;
        }
        if (!queue_.empty())
            start();
    }

private:
    // Sends what is still to be sent of the first message. Under the lock.
    //
    // Lifetime: it is Windows' until its packet.
    void start() noexcept {
        std::string& first = queue_.front();
        WSABUF rest{static_cast<ULONG>(first.size() - begin_), first.data() + begin_};
        send_ = {};
        if (::WSASend(socket_.get(), &rest, 1, nullptr, 0, &send_, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            queue_.clear(); // the client is gone, and no packet will come
    }

    win32::unique_socket socket_;
    OVERLAPPED send_{}; // in flight while the queue is not empty: one send at a time
    std::mutex mutex_;  // guards the members below
    std::vector<std::string> queue_;
    std::size_t begin_ = 0; // of what is still to be sent of the first message
};

} // namespace torn
