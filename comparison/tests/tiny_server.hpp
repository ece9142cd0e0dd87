/// \file
/// A server of a few lines for tests of the load: what it does with a connection is the test's.
#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace comparison::tests {

/// Sends all of `bytes`; false when the connection is broken.
inline bool send_all(SOCKET socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = ::send(socket, bytes.data(), static_cast<int>(bytes.size()), 0);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Receives until `bytes` is full; false when the connection has ended.
inline bool receive_all(SOCKET socket, std::vector<char>& bytes) {
    std::size_t received = 0;
    while (received < bytes.size()) {
        const int size =
            ::recv(socket, bytes.data() + received, static_cast<int>(bytes.size() - received), 0);
        if (size <= 0)
            return false;
        received += static_cast<std::size_t>(size);
    }
    return true;
}

/// Calls `serve` with each connection and its number, on a thread for each; closes the connection
/// when it returns. The destructor waits for all of them, so each must end when its client goes.
class tiny_server {
public:
    using serve_function = std::function<void(SOCKET, unsigned number)>;

    explicit tiny_server(serve_function serve)
        : serve_{std::move(serve)},
          listener_{win32::listen_on("127.0.0.1", 0)},
          port_{win32::local_port(listener_.get())},
          acceptor_{[this] {
              accept_all();
          }} {}

    ~tiny_server() {
        // A connection of our own wakes the thread that accepts, on every system.
        stopping_ = true;
        const sockaddr_in where = win32::make_address("127.0.0.1", port_).Ipv4;
        const win32::unique_socket last = win32::make_tcp_socket();
        ::connect(last.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where);
        acceptor_.join();
        for (std::thread& thread : threads_)
            thread.join();
    }
    tiny_server(const tiny_server&) = delete;
    tiny_server& operator=(const tiny_server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    void accept_all() {
        for (unsigned number = 0;; ++number) {
            win32::unique_socket client{::accept(listener_.get(), nullptr, nullptr)};
            if (stopping_ || !client)
                return;
            threads_.emplace_back(
                [this, number, socket = std::move(client)] { serve_(socket.get(), number); });
        }
    }

    serve_function serve_;
    win32::unique_socket listener_;
    std::uint16_t port_;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_; // of the acceptor, until it has ended
    std::thread acceptor_;             // last: it uses all of the above
};

} // namespace comparison::tests
