#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <cstddef>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

namespace duplex {

/// A connection for both directions at once: one thread may receive while another one sends.
class connection {
public:
    /// `socket` is connected and overlapped. Throws std::system_error when there is no event.
    explicit connection(win32::unique_socket socket) : socket_{std::move(socket)} {}

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Waits for bytes of the peer, and returns how many have come into `buffer`; 0 is the end of
    /// the stream. Throws std::system_error.
    [[nodiscard]] std::size_t receive(std::span<char> buffer) {
        const std::lock_guard lock{mutex_};
        receiving_.prepare();
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
        const std::lock_guard lock{mutex_};
        sending_.prepare();
        WSABUF data{static_cast<ULONG>(bytes.size()), const_cast<char*>(bytes.data())};
        const bool done = ::WSASend(socket_.get(), &data, 1, nullptr, 0, &sending_, nullptr) == 0;
        const int error = done ? 0 : ::WSAGetLastError();
        return finish(sending_, error, "WSASend");
    }

private:
    // An OVERLAPPED with an event of its own, which is signaled when this operation has ended, and
    // by nothing else. The event is manual-reset: the call that starts the operation resets it.
    struct operation : OVERLAPPED {
        operation() : OVERLAPPED{}, event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
            if (!event)
                win32::throw_last_error("CreateEventW");
        }

        // Makes it ready to be started.
        void prepare() noexcept {
            static_cast<OVERLAPPED&>(*this) = {};
            hEvent = event.get();
        }

        win32::unique_handle event;
    };

    // Waits for the end of `of`, and returns how many bytes it has moved. `error` comes from
    // `call`, which has started it: 0 if it was done at once.
    [[nodiscard]] std::size_t finish(operation& of, int error, const char* call) {
        if (error != 0 && error != WSA_IO_PENDING)
            win32::throw_error(static_cast<DWORD>(error), call); // nothing was started
        DWORD bytes = 0;
        DWORD flags = 0;
        if (!::WSAGetOverlappedResult(socket_.get(), &of, &bytes, TRUE, &flags))
            win32::throw_last_socket_error(call);
        return bytes;
    }

    std::mutex mutex_; // one operation at a time
    win32::unique_socket socket_;
    operation receiving_;
    operation sending_;
};

} // namespace duplex
