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

/// How the one thread finds out which sockets it can use without waiting.
enum class wait_mode {
    poll,   ///< WSAPoll: any number of sockets
    select, ///< select: at most FD_SETSIZE (64) sockets
    spin,   ///< not at all: it tries every socket again and again, and burns a processor
};

/// How to serve.
struct echo_options {
    std::string address = "127.0.0.1"; ///< or an IPv6 address, or a name
    std::uint16_t port = 0;            ///< 0 picks a free port
    wait_mode wait = wait_mode::poll;  ///< how it learns which sockets are ready
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on one thread of its own from the constructor on, until stop().
class echo_server {
public:
    /// Listens. Throws std::system_error: a bad address, a taken port. Winsock must be started.
    explicit echo_server(const echo_options& options = {});

    /// Calls stop(), and returns when all that is done.
    ~echo_server();

    echo_server(const echo_server&) = delete;
    echo_server& operator=(const echo_server&) = delete;

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// The address that it listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Resets every client's connection and frees the port. Returns when the thread has been
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    //! [session]
    // What a blocked thread of chapter 1 keeps on its stack has to be kept here: how far it is.
    struct session {
        win32::unique_socket socket;
        std::array<char, 16 * 1024> buffer;
        int begin = 0; // bytes [begin, end) of the buffer are still to be sent back
        int end = 0;
        bool ready = true; // a call on the socket is likely to get somewhere

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
    win32::unique_socket wake_; // stop() writes to it
    std::atomic<bool> stopping_ = false;

    // The serving thread's own.
    wait_mode wait_;
    bool listener_ready_ = false;
    bool listener_pauses_ = false; // no socket was to be had: not asked in the next wait
    std::list<session> sessions_;

    std::thread thread_;
};

} // namespace nonblocking
