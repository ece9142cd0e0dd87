/// \file
/// The socket job with non-blocking calls: one thread asks every socket in turn.
#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace nonblocking {

/// Ways to find out which sockets can be used without waiting.
enum class wait_mode {
    poll,   ///< WSAPoll, for any number of sockets
    select, ///< select, for at most FD_SETSIZE (64) sockets
    spin,   ///< no wait: every socket is tried again and again, which burns a processor
};

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
    wait_mode wait = wait_mode::poll;  ///< the way to learn which sockets are ready
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on one thread of its own from the constructor on, until stop().
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

    /// Resets every client's connection and frees the port. Returns when the thread has been
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    //! [session]
    // Keeps what a blocked thread of chapter 1 has on its stack: how far the client has come.
    struct session {
        win32::unique_socket socket;
        std::array<char, 16 * 1024> buffer;
        int begin = 0;     // start of the bytes in the buffer that are still to be sent back
        int end = 0;       // end of those bytes
        bool ready = true; // whether a call on the socket is likely to get somewhere

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };
    //! [session]

    // None of these may throw: on a thread of the server that would end the program.
    void serve() noexcept;
    void wait() noexcept;
    void accept_clients() noexcept;
    void add_session(win32::unique_socket socket) noexcept;
    static bool advance(session& self) noexcept;

    void wait_with_poll();
    void wait_with_select();
    void spin() noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    win32::unique_socket wake_; // the socket by which stop() ends a wait
    std::atomic<bool> stopping_ = false;

    // The members that only the serving thread uses.
    wait_mode wait_;
    bool listener_ready_ = false;
    bool listener_pauses_ = false; // whether the next wait leaves it out, for want of a socket
    std::list<session> sessions_;

    std::thread thread_;
};

} // namespace nonblocking
