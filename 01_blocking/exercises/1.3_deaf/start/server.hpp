// Prediction:

#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <cerrno>
#include <cstdint>

namespace deaf {

/// Echoes what each client sends, one client after the other.
class server {
public:
    /// Listens on a free port of 127.0.0.1.
    server() = default;

    [[nodiscard]] std::uint16_t port() const { return win32::local_port(listener_.get()); }

    /// Serves for as long as the program runs.
    void run() noexcept {
        for (;;) {
            const win32::unique_socket client{::accept(listener_.get(), nullptr, nullptr)};
            if (client) {
                echo(client.get());
                continue;
            }
            switch (errno) {
            case ECONNABORTED: // this client has gone before its turn
                break;
            case EMFILE: // there are no more sockets, or no memory for them
            case ENOBUFS:
            case ENOMEM:
                ::Sleep(pause);
                break;
            default:
                return;
            }
        }
    }

private:
    static constexpr DWORD pause = 100; // milliseconds

    static void echo(SOCKET client) noexcept {
        std::array<char, 4096> buffer;
        for (;;) {
            const int received = ::recv(client, buffer.data(), static_cast<int>(buffer.size()), 0);
            if (received <= 0 || !send_all(client, buffer.data(), received))
                return;
        }
    }

    static bool send_all(SOCKET client, const char* data, int size) noexcept {
        while (size > 0) {
            const int sent = ::send(client, data, size, 0);
            if (sent == SOCKET_ERROR)
                return false;
            data += sent;
            size -= sent;
        }
        return true;
    }

    win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
};

} // namespace deaf
