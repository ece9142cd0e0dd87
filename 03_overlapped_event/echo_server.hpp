/// \file
/// The socket job with overlapped operations and events: one thread for up to 63 clients.
#pragma once

#include "session_group.hpp"

#include "win32/winsock.hpp"

#include <array>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

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
    // None of these may throw: on a thread of the server that would end the program.
    void accept_clients() noexcept;
    bool start_accept() noexcept;
    bool finish_accept() noexcept;
    void add_session(win32::unique_socket socket) noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    win32::unique_handle wake_; // the event by which stop() ends a wait

    // The members that only the accepting thread uses.
    operation accept_;
    win32::unique_socket accepted_; // the socket for the next client
    std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses_;
    std::list<session_group> groups_;

    std::thread thread_;
};

} // namespace overlapped_event
