#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>

namespace unstoppable {

/// Echoes what each client sends, one client after the other, on one thread.
class server {
public:
    /// Listens on a free port of 127.0.0.1, and serves until stop().
    server()
        : thread_{[this] {
              serve();
          }} {}

    ~server() { stop(); }

    [[nodiscard]] std::uint16_t port() const { return win32::local_port(listener_.get()); }

    /// Returns when the thread has ended, whatever the clients do. The second call does nothing.
    void stop() noexcept {
        stopping_ = true;
        std::exit(0); // ends every thread, and the caller's program
    }

private:
    void serve() noexcept {
        while (!stopping_) {
            const win32::unique_socket client{::accept(listener_.get(), nullptr, nullptr)};
            if (client)
                echo(client.get());
        }
    }

    void echo(SOCKET client) noexcept {
        std::array<char, 4096> buffer;
        while (!stopping_) {
            const int received = ::recv(client, buffer.data(), static_cast<int>(buffer.size()), 0);
            if (received <= 0 || ::send(client, buffer.data(), received, 0) != received)
                return;
        }
    }

    win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    std::atomic<bool> stopping_ = false;
    std::thread thread_; // the last member: the thread uses the others
};

} // namespace unstoppable
