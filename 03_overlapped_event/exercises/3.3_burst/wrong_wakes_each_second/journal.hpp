#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace burst {

/// Keeps all that one client sends, on a thread of its own.
class journal {
public:
    /// The most bytes that one receive brings.
    static constexpr std::size_t block_size = 1024;

    /// Begins. `client` is connected and overlapped. Throws std::system_error.
    explicit journal(win32::unique_socket client)
        : client_{std::move(client)},
          stop_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)},
          received_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
        if (!stop_ || !received_)
            win32::throw_last_error("CreateEventW");
        thread_ = std::thread{&journal::serve, this};
    }

    /// Returns when the thread has ended and nothing is in flight.
    ~journal() {
        ::SetEvent(stop_.get());
        thread_.join();
    }

    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    /// All that has come so far. Threads: any.
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock{mutex_};
        return text_;
    }

private:
    void serve() {
        const std::array<HANDLE, 2> events{stop_.get(), received_.get()};
        bool is_in_flight = start_receive();
        while (is_in_flight && ::WSAWaitForMultipleEvents(2, events.data(), FALSE, 1000, FALSE) !=
                                   WSA_WAIT_EVENT_0) {
            is_in_flight = collect() && start_receive(); // the start resets the event
        }
        if (is_in_flight) {
            ::CancelIoEx(reinterpret_cast<HANDLE>(client_.get()), &receive_);
            collect();
        }
    }

    // Lifetime: from here until its completion has been collected, Windows may write to receive_
    // and block_. Returns false if nothing could be started.
    bool start_receive() {
        receive_ = {};
        receive_.hEvent = received_.get();
        WSABUF buffer{static_cast<ULONG>(block_.size()), block_.data()};
        DWORD flags = 0;
        return ::WSARecv(client_.get(), &buffer, 1, nullptr, &flags, &receive_, nullptr) == 0 ||
               ::WSAGetLastError() == WSA_IO_PENDING;
    }

    // Takes the result of the receive, and waits for it if need be. Returns false when no more
    // bytes will come: the client has ended its stream, or reset its connection.
    bool collect() {
        DWORD bytes = 0;
        DWORD flags = 0;
        if (!::WSAGetOverlappedResult(client_.get(), &receive_, &bytes, TRUE, &flags))
            return false;
        const std::lock_guard lock{mutex_};
        text_.append(block_.data(), bytes);
        return bytes != 0;
    }

    const win32::unique_socket client_;
    const win32::unique_handle stop_;
    const win32::unique_handle received_; // signaled when the receive has completed
    OVERLAPPED receive_{};
    std::array<char, block_size> block_;
    mutable std::mutex mutex_; // guards text_
    std::string text_;
    std::thread thread_; // the last member: it uses the others
};

} // namespace burst
