#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
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
        start(*new message{text}); // it goes when it has been sent
    }

    /// Takes the result of a send. The pool's threads call it with each packet of this session.
    void on_packet(OVERLAPPED& sent, DWORD error, DWORD bytes) noexcept {
        message& self = static_cast<message&>(sent);
        self.begin += bytes;
        if (error == ERROR_SUCCESS && self.begin != self.text.size())
            start(self); // a send may take only a part: here is the rest
        else
            delete &self;
    }

private:
    // A message, and the operation that sends it.
    struct message : OVERLAPPED {
        explicit message(std::string_view what) : OVERLAPPED{}, text{what} {}

        std::string text;
        std::size_t begin = 0; // of what is still to be sent
    };

    // Lifetime: `what` is Windows' until its packet, and may be gone when WSASend returns.
    void start(message& what) noexcept {
        WSABUF rest{static_cast<ULONG>(what.text.size() - what.begin),
                    what.text.data() + what.begin};
        static_cast<OVERLAPPED&>(what) = {};
        const std::lock_guard lock{mutex_}; // two threads may not call WSASend at once
        if (::WSASend(socket_.get(), &rest, 1, nullptr, 0, &what, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            delete &what; // the client is gone, and no packet will come
    }

    win32::unique_socket socket_;
    std::mutex mutex_;
};

} // namespace torn
