#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <new>
#include <utility>

namespace second_word {

/// Echoes what its clients send. One thread calls all of it.
///
/// A new client sends at once. A client that has been answered may be silent for hours: until it
/// sends again it has no buffer, but a receive of no bytes, which completes when bytes are there
/// and takes none of them.
class echo_loop {
public:
    /// The size of a session's buffer.
    static constexpr DWORD buffer_size = 16 * 1024;

    /// Throws std::system_error.
    echo_loop() {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
    }

    /// Ends every connection.
    ~echo_loop() {
        for (const session& each : sessions_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
        // Each session has one operation in flight, and lends its memory until the packet is taken.
        for (std::size_t left = sessions_.size(); left != 0; --left)
            take_packet();
    }

    echo_loop(const echo_loop&) = delete;
    echo_loop& operator=(const echo_loop&) = delete;

    /// Serves a client that is connected. Throws std::system_error.
    void serve(win32::unique_socket client) {
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(client.get()), port_.get(), 0, 0))
            win32::throw_last_error("CreateIoCompletionPort");
        session& self = sessions_.emplace_front();
        self.place = sessions_.begin();
        self.socket = std::move(client);
        start_receive(self);
    }

    /// Waits for the next packet, and handles it.
    void handle_next() {
        const packet taken = take_packet();
        if (taken.of != nullptr)
            advance(*taken.of, taken.error, taken.bytes);
    }

private:
    enum class operation { receive, send };

    // Is itself the OVERLAPPED of its one operation in flight: so a packet leads to its session.
    struct session : OVERLAPPED {
        std::list<session>::iterator place; // in sessions_
        win32::unique_socket socket;
        operation in_flight = operation::receive;
        std::unique_ptr<char[]> buffer; // null while it waits
        DWORD begin = 0;                // of the bytes in the buffer that are still to be sent back
        DWORD end = 0;
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
        return {static_cast<session*>(done), error, bytes};
    }

    // The operation in flight has completed: handles its result, and starts the next one.
    void advance(session& self, DWORD error, DWORD bytes) {
        if (error != ERROR_SUCCESS || bytes == 0)
            return end(self);
        switch (self.in_flight) {
        case operation::receive:
            self.begin = 0;
            self.end = bytes;
            return start_send(self);
        case operation::send:
            self.begin += bytes;
            self.begin != self.end ? start_send(self) : start_receive(self);
        }
    }

    void start_receive(session& self) {
        self.buffer.reset(new (std::nothrow) char[buffer_size]);
        if (!self.buffer)
            return end(self); // this client goes, and the others stay
        receive(self, operation::receive, WSABUF{buffer_size, self.buffer.get()});
    }

    void receive(session& self, operation what, WSABUF where) {
        self.in_flight = what;
        static_cast<OVERLAPPED&>(self) = {};
        DWORD flags = 0;
        if (::WSARecv(self.socket.get(), &where, 1, nullptr, &flags, &self, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self); // no packet will come
    }

    void start_send(session& self) {
        self.in_flight = operation::send;
        static_cast<OVERLAPPED&>(self) = {};
        WSABUF what{self.end - self.begin, self.buffer.get() + self.begin};
        if (::WSASend(self.socket.get(), &what, 1, nullptr, 0, &self, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self);
    }

    void end(session& self) { sessions_.erase(self.place); }

    win32::unique_handle port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::list<session> sessions_;
};

} // namespace second_word
