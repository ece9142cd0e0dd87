#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace duplex {

/// A connection for both directions at once: one thread may receive while another one sends.
class connection {
public:
    /// `socket` is connected and overlapped.
    explicit connection(win32::unique_socket socket) noexcept : socket_{std::move(socket)} {}

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Waits for bytes of the peer, and returns how many have come into `buffer`; 0 is the end of
    /// the stream. Throws std::system_error.
    [[nodiscard]] std::size_t receive(std::span<char> buffer) {
        receiving_ = {};
        WSABUF room{static_cast<ULONG>(buffer.size()), buffer.data()};
        DWORD flags = 0;
        const bool done =
            ::WSARecv(socket_.get(), &room, 1, nullptr, &flags, &receiving_, nullptr) == 0;
        const int error = done ? 0 : ::WSAGetLastError();
        return finish(receiving_, error, "WSARecv");
    }

    /// Waits until Windows has taken `bytes`, and returns how many it has sent. Throws
    /// std::system_error.
    std::size_t send(std::string_view bytes) {
        sending_ = {};
        WSABUF data{static_cast<ULONG>(bytes.size()), const_cast<char*>(bytes.data())};
        const bool done = ::WSASend(socket_.get(), &data, 1, nullptr, 0, &sending_, nullptr) == 0;
        const int error = done ? 0 : ::WSAGetLastError();
        return finish(sending_, error, "WSASend");
    }

private:
    // Waits for the end of `operation`, and returns how many bytes it has moved. `error` comes from
    // `call`, which has started it: 0 if it was done at once.
    [[nodiscard]] std::size_t finish(OVERLAPPED& operation, int error, const char* call) {
        if (error != 0 && error != WSA_IO_PENDING)
            win32::throw_error(static_cast<DWORD>(error), call); // nothing was started
        // The end of the other operation ends the wait, too: look whether it was ours.
        while (!HasOverlappedIoCompleted(&operation))
            ::WaitForSingleObject(reinterpret_cast<HANDLE>(socket_.get()), INFINITE);
        DWORD bytes = 0;
        DWORD flags = 0;
        if (!::WSAGetOverlappedResult(socket_.get(), &operation, &bytes, FALSE, &flags))
            win32::throw_last_socket_error(call);
        return bytes;
    }

    win32::unique_socket socket_;
    OVERLAPPED receiving_{};
    OVERLAPPED sending_{};
};

} // namespace duplex
