#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <mutex>
#include <utility>

namespace announced {

/// Echoes what its client sends, on the threads of Windows' own pool. One operation is in flight at
/// a time.
class session {
public:
    /// Begins to receive. Throws std::system_error.
    explicit session(win32::unique_socket client)
        : socket_{std::move(client)}, io_{::CreateThreadpoolIo(handle(), on_io, this, nullptr)} {
        if (io_ == nullptr)
            win32::throw_last_error("CreateThreadpoolIo");
        start_receive();
    }

    /// Ends the connection. Returns when no operation is in flight, and no callback can touch the
    /// session any more. Not to be called in a callback.
    ~session() {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true; // from here on no operation is started
            ::CancelIoEx(handle(), nullptr);
        }
        ::WaitForThreadpoolIoCallbacks(io_, TRUE); // cancels those that are pending
        socket_.reset();
        ::CloseThreadpoolIo(io_);
    }

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Tells the client that nothing more will be sent.
    void say_goodbye() noexcept {
        const std::lock_guard lock{mutex_};
        ::shutdown(socket_.get(), SD_SEND);
    }

private:
    static void CALLBACK on_io(PTP_CALLBACK_INSTANCE, void* context, void*, ULONG error,
                               ULONG_PTR bytes, PTP_IO) noexcept {
        static_cast<session*>(context)->advance(error, static_cast<DWORD>(bytes));
    }

    // The operation in flight has completed: takes its result and starts the next one.
    void advance(DWORD error, DWORD bytes) noexcept {
        if (error != ERROR_SUCCESS)
            return; // cancelled, or the client is gone
        if (begin_ != end_) {
            begin_ += bytes;
        } else if (bytes == 0) {
            return; // the client has finished sending
        } else {
            begin_ = 0;
            end_ = bytes;
        }
        begin_ != end_ ? start_send() : start_receive();
    }

    void start_receive() noexcept {
        start([this] {
            WSABUF where{static_cast<ULONG>(buffer_.size()), buffer_.data()};
            DWORD flags = 0;
            return ::WSARecv(socket_.get(), &where, 1, nullptr, &flags, &operation_, nullptr);
        });
    }

    void start_send() noexcept {
        start([this] {
            WSABUF rest{end_ - begin_, buffer_.data() + begin_};
            return ::WSASend(socket_.get(), &rest, 1, nullptr, 0, &operation_, nullptr);
        });
    }

    // Announces an operation to the pool, and starts it by `call`. If the call fails at once,
    // nothing is in flight: the session does nothing more.
    template <class Call>
    void start(Call call) noexcept {
        const std::lock_guard lock{mutex_};
        if (stopping_)
            return;
        operation_ = {};
        ::StartThreadpoolIo(io_);
        call();
    }

    [[nodiscard]] HANDLE handle() const noexcept { return reinterpret_cast<HANDLE>(socket_.get()); }

    win32::unique_socket socket_;
    const PTP_IO io_;
    std::mutex mutex_; // guards the next member, and each call that starts an operation
    bool stopping_ = false;
    OVERLAPPED operation_{}; // with the buffer Windows' own, from the start to the callback
    std::array<char, 4096> buffer_;
    DWORD begin_ = 0; // of the bytes that are still to be sent back
    DWORD end_ = 0;
};

} // namespace announced
