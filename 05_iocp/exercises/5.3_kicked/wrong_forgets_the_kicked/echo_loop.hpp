#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <utility>

namespace kicked {

/// Echoes what its clients send. One thread calls all of it.
class echo_loop {
public:
    /// Throws std::system_error.
    echo_loop() {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
    }

    /// Ends every connection.
    ~echo_loop() {
        for (auto& each : sessions_)
            each.second.socket.reset();
        while (clients() != 0)
            handle_next();
    }

    echo_loop(const echo_loop&) = delete;
    echo_loop& operator=(const echo_loop&) = delete;

    /// Serves a client that is connected. Returns its number. Throws std::system_error.
    unsigned serve(win32::unique_socket client) {
        const unsigned number = next_++;
        session& self = sessions_[number];
        self.number = number;
        self.socket = std::move(client);
        if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(self.socket.get()), port_.get(),
                                      reinterpret_cast<ULONG_PTR>(&self), 0)) {
            const DWORD error = ::GetLastError();
            sessions_.erase(number);
            win32::throw_error(error, "CreateIoCompletionPort");
        }
        start_receive(self);
        return number;
    }

    /// Ends the connection of a client, whatever it is doing. Does nothing if it has gone.
    ///
    /// The session lends its memory until its packet has been taken, and ends then.
    void kick(unsigned number) {
        auto node = sessions_.extract(number);
        if (node.empty())
            return;
        node.mapped().socket.reset();
        kicked_.insert(std::move(node));
    }

    /// The number of clients that are connected.
    [[nodiscard]] std::size_t clients() const { return sessions_.size(); }

    /// Waits for the next packet, and handles it.
    void handle_next() {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        const BOOL good = ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &done, INFINITE);
        if (done == nullptr)
            win32::throw_last_error("GetQueuedCompletionStatus");
        advance(*reinterpret_cast<session*>(key), good, bytes);
    }

private:
    // Has exactly one operation in flight. Its address is the key of its packets.
    struct session {
        unsigned number = 0;
        win32::unique_socket socket;
        OVERLAPPED in_flight{};
        std::array<char, 4096> buffer;
        DWORD begin = 0; // of the bytes in the buffer that are still to be sent back
        DWORD end = 0;
    };

    void advance(session& self, bool good, DWORD bytes) {
        if (!good || !self.socket)
            return end(self);         // nothing is in flight any more
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

    void start_receive(session& self) {
        self.in_flight = {};
        WSABUF where{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD flags = 0;
        if (::WSARecv(self.socket.get(), &where, 1, nullptr, &flags, &self.in_flight, nullptr) !=
                0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self); // no packet will come
    }

    void start_send(session& self) {
        self.in_flight = {};
        WSABUF what{self.end - self.begin, self.buffer.data() + self.begin};
        if (::WSASend(self.socket.get(), &what, 1, nullptr, 0, &self.in_flight, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self);
    }

    void end(session& self) {
        const unsigned number = self.number;
        sessions_.erase(number);
        kicked_.erase(number);
    }

    win32::unique_handle port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::map<unsigned, session> sessions_; // a session stays where it is until it is erased
    std::map<unsigned, session> kicked_;   // the sessions whose packet is due
    unsigned next_ = 1;
};

} // namespace kicked
