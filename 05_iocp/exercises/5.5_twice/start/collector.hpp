// Prediction:

#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace twice {

/// Collects the log lines that its clients send. One thread calls all of it.
class collector {
public:
    /// Throws std::system_error.
    collector() {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
    }

    ~collector() {
        for (const session& each : sessions_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
        for (const session& each : sessions_)
            if (!each.is_over) // it has a receive in flight, whose packet may come in any order
                take_packet();
    }

    collector(const collector&) = delete;
    collector& operator=(const collector&) = delete;

    /// Collects from a client that is connected. Returns its number. Throws std::system_error.
    std::size_t add(win32::unique_socket client) {
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(client.get()), port_.get(), 0, 0))
            win32::throw_last_error("CreateIoCompletionPort");
        session& self = sessions_.emplace_back();
        self.socket = std::move(client);
        start_receive(self);
        return sessions_.size() - 1;
    }

    /// The bytes that the client has sent so far.
    [[nodiscard]] const std::string& text(std::size_t number) const {
        return sessions_[number].text;
    }

    /// Whether the client's stream is over. Then nothing is in flight for it.
    [[nodiscard]] bool is_over(std::size_t number) const { return sessions_[number].is_over; }

    /// Waits for the next packet, and handles it.
    void handle_next() {
        const packet taken = take_packet();
        if (taken.error == ERROR_SUCCESS)
            take(*taken.of, taken.bytes);
        else
            taken.of->is_over = true;
    }

private:
    // Has one receive in flight until it is over. It is itself the OVERLAPPED of that receive: so a
    // packet leads to its session.
    struct session : OVERLAPPED {
        win32::unique_socket socket;
        std::array<char, 64> buffer;
        std::string text;
        bool is_over = false;
    };

    struct packet {
        session* of;
        DWORD error;
        DWORD bytes;
    };

    packet take_packet() {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        const BOOL good = ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &done, INFINITE);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        if (done == nullptr)
            win32::throw_error(error, "GetQueuedCompletionStatus");
        return {static_cast<session*>(done), error, bytes};
    }

    // A receive is done.
    void take(session& self, DWORD bytes) {
        if (bytes == 0) {
            self.is_over = true; // the client has sent its last line
            return;
        }
        self.text.append(self.buffer.data(), bytes);
        start_receive(self);
    }

    void start_receive(session& self) {
        static_cast<OVERLAPPED&>(self) = {};
        WSABUF where{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD bytes = 0;
        DWORD flags = 0;
        if (::WSARecv(self.socket.get(), &where, 1, &bytes, &flags, &self, nullptr) == 0)
            take(self, bytes); // the line was there already
        else if (::WSAGetLastError() != WSA_IO_PENDING)
            self.is_over = true; // no packet will come
    }

    win32::unique_handle port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::deque<session> sessions_; // never moved
};

} // namespace twice
