#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tired {

/// Echoes what its clients send, on a few threads that share a completion port.
class echo_pool {
public:
    /// Starts `count` threads. Throws std::system_error if there is no port to be had.
    explicit echo_pool(unsigned count) {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
        for (unsigned i = 0; i < count; ++i)
            threads_.emplace_back(&echo_pool::work, this);
    }

    /// Ends every connection.
    ~echo_pool() {
        for (std::size_t i = 0; i < threads_.size(); ++i)
            ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr);
        for (std::thread& each : threads_)
            each.join();
        for (const session& each : sessions_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
        // Each session has one operation in flight, and lends its memory until the packet is taken.
        for (std::size_t left = sessions_.size(); left != 0; --left) {
            DWORD bytes = 0;
            ULONG_PTR key = 0;
            OVERLAPPED* operation = nullptr;
            ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &operation, INFINITE);
        }
    }

    echo_pool(const echo_pool&) = delete;
    echo_pool& operator=(const echo_pool&) = delete;

    /// Serves a client that is connected. Throws std::system_error.
    void serve(win32::unique_socket client) {
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(client.get()), port_.get(), 0, 0))
            win32::throw_last_error("CreateIoCompletionPort");
        std::unique_lock lock{mutex_};
        session& self = sessions_.emplace_front();
        self.place = sessions_.begin();
        lock.unlock();
        self.socket = std::move(client);
        start_receive(self);
    }

private:
    // Has one operation in flight, a receive or a send, or is handled by one thread. It is itself
    // the OVERLAPPED of that operation: so a packet leads to its session.
    struct session : OVERLAPPED {
        std::list<session>::iterator place; // in sessions_
        win32::unique_socket socket;
        std::array<char, 4096> buffer;
        DWORD begin = 0; // of the bytes in the buffer that are still to be sent back
        DWORD end = 0;
    };

    void work() noexcept {
        for (;;) {
            DWORD bytes = 0;
            ULONG_PTR key = 0;
            OVERLAPPED* operation = nullptr;
            const BOOL good =
                ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &operation, INFINITE);
            if (operation == nullptr)
                return; // the destructor has posted this packet, or there is no port any more
            session& self = static_cast<session&>(*operation);
            if (!good) {
                end(self);
                std::thread{&echo_pool::work, this}.detach(); // takes the place of this one
                return;
            }
            advance(self, bytes);
        }
    }

    void advance(session& self, DWORD bytes) noexcept {
        if (self.begin != self.end) { // a send is done
            self.begin += bytes;
        } else if (bytes == 0) {
            return end(self); // the client has sent its last byte, and has had all of them back
        } else {
            self.begin = 0;
            self.end = bytes;
        }
        self.begin != self.end ? start_send(self) : start_receive(self);
    }

    // Another thread may take the packet before the call returns: afterwards nothing is touched.
    void start_receive(session& self) noexcept {
        static_cast<OVERLAPPED&>(self) = {};
        WSABUF where{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD flags = 0;
        if (::WSARecv(self.socket.get(), &where, 1, nullptr, &flags, &self, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self); // no packet will come
    }

    void start_send(session& self) noexcept {
        static_cast<OVERLAPPED&>(self) = {};
        WSABUF what{self.end - self.begin, self.buffer.data() + self.begin};
        if (::WSASend(self.socket.get(), &what, 1, nullptr, 0, &self, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self);
    }

    void end(session& self) noexcept {
        const std::lock_guard lock{mutex_};
        sessions_.erase(self.place);
    }

    win32::unique_handle port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::mutex mutex_; // guards sessions_
    std::list<session> sessions_;
    std::vector<std::thread> threads_;
};

} // namespace tired
