// Prediction:

#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>
#include <vector>

namespace leftover {

/// Echoes what each client sends, on the thread that calls turn().
class server {
public:
    /// Listens on a free port of 127.0.0.1.
    server() { make_nonblocking(listener_.get()); }

    [[nodiscard]] std::uint16_t port() const { return win32::local_port(listener_.get()); }

    /// Waits until something can be done, and does it. To be called again and again.
    void turn() {
        std::vector<WSAPOLLFD> sockets{{listener_.get(), POLLRDNORM, 0}};
        for (const win32::unique_socket& each : clients_)
            sockets.push_back({each.get(), POLLRDNORM, 0});

        if (::WSAPoll(sockets.data(), static_cast<ULONG>(sockets.size()), -1) == SOCKET_ERROR)
            win32::throw_last_socket_error("WSAPoll");

        std::size_t i = 1;
        clients_.remove_if([&](const win32::unique_socket& each) {
            return sockets[i++].revents != 0 && !echo(each.get());
        });
        if (sockets[0].revents != 0)
            accept_client();
    }

private:
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
        clients_.push_back(std::move(socket));
    }

    // Sends back what has come. Returns false when the client has left.
    static bool echo(SOCKET client) noexcept {
        std::array<char, 16 * 1024> buffer;
        const int received = ::recv(client, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (received == 0)
            return false;
        if (received == SOCKET_ERROR)
            return would_block();
        const int sent = ::send(client, buffer.data(), received, 0);
        return sent != SOCKET_ERROR || would_block();
    }

    static bool would_block() noexcept { return ::WSAGetLastError() == WSAEWOULDBLOCK; }

    win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    std::list<win32::unique_socket> clients_;
};

} // namespace leftover
