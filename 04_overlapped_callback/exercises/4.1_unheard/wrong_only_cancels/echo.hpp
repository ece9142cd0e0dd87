#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <utility>

namespace unheard {

/// Echoes what one client sends, on a thread of its own, until the client has sent its last byte.
class echo {
public:
    /// Begins to serve. `client` is connected and overlapped. Throws std::system_error.
    explicit echo(win32::unique_socket client)
        : client_{std::move(client)}, wake_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
        if (!wake_)
            win32::throw_last_error("CreateEventW");
        operation_.owner = this;
        thread_ = std::thread{&echo::serve, this};
    }

    ~echo() { stop(); }

    echo(const echo&) = delete;
    echo& operator=(const echo&) = delete;

    /// Closes the connection. Returns when the thread has ended, whatever the client does. The
    /// second call does nothing.
    void stop() noexcept {
        stopping_ = true;
        ::SetEvent(wake_.get());
        if (thread_.joinable())
            thread_.join();
    }

private:
    // The operation in flight: a send if bytes are unsent, else a receive.
    struct operation : OVERLAPPED {
        echo* owner;
    };

    void serve() noexcept {
        while (!stopping_ && !ended_) {
            if (!in_flight_)
                start_next();
            if (in_flight_)
                ::WaitForSingleObjectEx(wake_.get(), INFINITE, TRUE); // the routine runs in here
        }
        if (in_flight_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(client_.get()), &operation_);
        client_.reset();
    }

    void start_next() noexcept {
        static_cast<OVERLAPPED&>(operation_) = {};
        int result = 0;
        if (has_unsent()) {
            WSABUF unsent{end_ - begin_, buffer_.data() + begin_};
            result = ::WSASend(client_.get(), &unsent, 1, nullptr, 0, &operation_, on_completed);
        } else {
            WSABUF room{static_cast<ULONG>(buffer_.size()), buffer_.data()};
            DWORD flags = 0;
            result = ::WSARecv(client_.get(), &room, 1, nullptr, &flags, &operation_, on_completed);
        }
        in_flight_ = result == 0 || ::WSAGetLastError() == WSA_IO_PENDING;
        ended_ = !in_flight_;
    }

    static void CALLBACK on_completed(DWORD error, DWORD bytes, OVERLAPPED* completed, DWORD) {
        static_cast<operation*>(completed)->owner->take(error, bytes);
    }

    // Takes the result of the operation in flight.
    void take(DWORD error, DWORD bytes) noexcept {
        in_flight_ = false;
        if (error != ERROR_SUCCESS || bytes == 0) {
            ended_ = true;
        } else if (has_unsent()) {
            begin_ += bytes;
        } else {
            begin_ = 0;
            end_ = bytes;
        }
    }

    [[nodiscard]] bool has_unsent() const noexcept { return begin_ != end_; }

    win32::unique_socket client_;
    win32::unique_handle wake_; // the event that stop() signals
    std::atomic<bool> stopping_ = false;

    // The members that only the thread uses.
    operation operation_{};
    std::array<char, 4096> buffer_;
    DWORD begin_ = 0; // start of the bytes in the buffer that are still to be sent back
    DWORD end_ = 0;   // end of those bytes
    bool in_flight_ = false;
    bool ended_ = false;

    std::thread thread_;
};

} // namespace unheard
