#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>
#include <vector>

namespace restless {

/// Echoes what each client sends, on the thread that calls turn().
class server {
public:
    /// Listens on a free port of 127.0.0.1.
    server() { make_nonblocking(listener_.get()); }

    [[nodiscard]] std::uint16_t port() const { return win32::local_port(listener_.get()); }

    /// Waits until something can be done, and does it. To be called again and again.
    void turn() {
        std::vector<WSAPOLLFD> sockets{{listener_.get(), POLLRDNORM, 0}};
        for (const session& each : sessions_) {
            // A connection at rest has room to send, and one that is not served may have bytes to
            // receive. So the wish is for the one thing that the session does next.
            const auto wish = static_cast<SHORT>(each.is_full ? POLLWRNORM : POLLRDNORM);
            sockets.push_back({each.socket.get(), wish, 0});
        }

        if (::WSAPoll(sockets.data(), static_cast<ULONG>(sockets.size()), -1) == SOCKET_ERROR)
            win32::throw_last_socket_error("WSAPoll");

        std::size_t i = 1;
        sessions_.remove_if(
            [&](session& each) { return sockets[i++].revents != 0 && !advance(each); });
        if (sockets[0].revents != 0)
            accept_client();
    }

private:
    struct session {
        win32::unique_socket socket;
        std::array<char, 16 * 1024> buffer;
        int begin = 0; // start of the bytes in the buffer that are still to be sent back
        int end = 0;   // end of those bytes

        bool is_full = false; // the last send has taken nothing

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };

    static void make_nonblocking(SOCKET socket) {
        u_long yes = 1;
        if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &yes) != 0)
            win32::throw_last_socket_error("ioctlsocket FIONBIO");
    }

    void accept_client() {
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        if (!socket)
            return; // the client has gone meanwhile
        make_nonblocking(socket.get());
        sessions_.emplace_back();
        sessions_.back().socket = std::move(socket);
    }

    // Takes the session one step further. Returns false when it has come to its end.
    static bool advance(session& self) noexcept {
        if (!self.has_unsent()) {
            const int received = ::recv(self.socket.get(), self.buffer.data(),
                                        static_cast<int>(self.buffer.size()), 0);
            if (received == 0)
                return false;
            if (received == SOCKET_ERROR)
                return would_block();
            self.begin = 0;
            self.end = received;
        }
        const int sent =
            ::send(self.socket.get(), self.buffer.data() + self.begin, self.end - self.begin, 0);
        self.is_full = sent == SOCKET_ERROR && would_block();
        if (sent == SOCKET_ERROR)
            return self.is_full;
        self.begin += sent;
        return true;
    }

    static bool would_block() noexcept { return ::WSAGetLastError() == WSAEWOULDBLOCK; }

    win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    std::list<session> sessions_;
};

} // namespace restless
