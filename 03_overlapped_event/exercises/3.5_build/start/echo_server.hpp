#pragma once

#include "session_group.hpp"

#include "win32/winsock.hpp"

#include <cstdint>
#include <string>

namespace overlapped_event {

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on threads of its own from the constructor on, until stop(): one accepts, and each group
/// of up to session_group::capacity clients has one.
class echo_server {
public:
    /// Listens, and begins to serve. Throws std::system_error when the address, the port or a
    /// thread cannot be had. Winsock must be started.
    explicit echo_server(const echo_options& options = {});

    /// Calls stop().
    ~echo_server();

    echo_server(const echo_server&) = delete;
    echo_server& operator=(const echo_server&) = delete;

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// The address that the server listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Resets every client's connection and frees the port. Returns when every operation has been
    /// collected and every thread has been joined.
    /// Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    SOCKADDR_INET address_;
    // Yours: the listener, the accept, the groups, the thread that accepts.
};

} // namespace overlapped_event
