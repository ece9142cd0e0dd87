#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace bottomless {

/// Echoes what its client sends. What cannot be sent at once waits in a queue.
///
/// Threads: one thread takes the packets of all sessions, so no lock is needed. Lifetime: longer
/// than that of its operations.
class session {
public:
    /// Lets the packets of `client` come to `port`, with this session as their key, and begins to
    /// receive. Throws std::system_error.
    session(win32::unique_socket client, HANDLE port) : socket_{std::move(client)} {
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket_.get()), port,
                                      reinterpret_cast<ULONG_PTR>(this), 0))
            win32::throw_last_error("CreateIoCompletionPort");
        start_receive();
    }

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Takes the result of an operation, from its packet.
    void on_packet(OVERLAPPED& done, DWORD error, DWORD bytes) {
        if (error != ERROR_SUCCESS)
            return; // the client is gone
        &done == &receive_ ? on_received(bytes) : on_sent(bytes);
    }

private:
    static constexpr std::size_t high_water_mark = 16; // pieces in the queue

    void on_received(DWORD bytes) {
        if (bytes == 0) {
            has_client_ended_ = true;
            return end_if_all_is_sent();
        }
        queue_.emplace_back(buffer_.data(), bytes);
        if (queue_.size() == 1)
            start_send();
        if (queue_.size() < high_water_mark)
            start_receive(); // else the system's buffers fill, and TCP stops the client
    }

    void on_sent(DWORD bytes) {
        begin_ += bytes;
        if (begin_ == queue_.front().size()) {
            queue_.pop_front();
            begin_ = 0;
        }
        if (!queue_.empty())
            start_send();
        if (queue_.size() < high_water_mark)
            start_receive();
        end_if_all_is_sent();
    }

    void end_if_all_is_sent() {
        if (has_client_ended_ && queue_.empty())
            ::shutdown(socket_.get(), SD_SEND);
    }

    // One receive at most is in flight. If it fails at once, the client is gone.
    void start_receive() {
        WSABUF where{static_cast<ULONG>(buffer_.size()), buffer_.data()};
        DWORD flags = 0;
        receive_ = {};
        ::WSARecv(socket_.get(), &where, 1, nullptr, &flags, &receive_, nullptr);
    }

    // One send is in flight while the queue is not empty: that of its first piece.
    void start_send() {
        std::string& first = queue_.front();
        WSABUF rest{static_cast<ULONG>(first.size() - begin_), first.data() + begin_};
        send_ = {};
        ::WSASend(socket_.get(), &rest, 1, nullptr, 0, &send_, nullptr);
    }

    win32::unique_socket socket_;
    OVERLAPPED receive_{};
    OVERLAPPED send_{};
    std::array<char, 16 * 1024> buffer_;
    std::deque<std::string> queue_; // the pieces that are still to be sent
    std::size_t begin_ = 0;         // of what is still to be sent of the first piece
    bool has_client_ended_ = false;
};

} // namespace bottomless
