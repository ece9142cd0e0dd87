/// \file
/// The socket job with completion routines: everything on one thread, in alertable waits.
#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace overlapped_callback {

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on one thread of its own from the constructor on, until stop(). That thread waits for
/// clients, and its completion routines run in the same wait.
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

    /// Resets every client's connection and frees the port. Returns when every routine has run and
    /// the thread has been joined.
    /// Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    //! [session]
    // One operation is in flight at a time: a receive if nothing is unsent, else a send. So each
    // session has one OVERLAPPED. The session *is* that OVERLAPPED: so a completion routine, which
    // gets nothing else, finds its session.
    struct session : OVERLAPPED {
        echo_server* server = nullptr;
        std::list<session>::iterator self; // its place in sessions_, or in ready_
        win32::unique_socket socket;
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // start of the bytes in the buffer that are still to be sent back
        DWORD end = 0;   // end of those bytes

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };
    //! [session]

    // None of these may throw: on a thread of the server that would end the program.
    void serve() noexcept;
    bool start_accept() noexcept;
    bool finish_accept() noexcept;
    void add_session(win32::unique_socket socket) noexcept;
    void start_receive(session& self) noexcept;
    void start_send(session& self) noexcept;
    static void CALLBACK on_completed(DWORD error, DWORD bytes, OVERLAPPED* completed, DWORD flags);
    void advance(session& self, DWORD error, DWORD bytes) noexcept;
    void start_ready() noexcept;
    void end(session& self) noexcept;
    void cancel_all() noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    win32::unique_handle wake_; // the event by which stop() ends a wait
    std::atomic<bool> stopping_ = false;

    // The members that only the serving thread uses.
    win32::unique_handle accept_done_;
    OVERLAPPED accept_{};
    win32::unique_socket accepted_; // the socket for the next client
    std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses_;
    std::list<session> sessions_; // those with an operation in flight
    std::list<session> ready_;    // those whose next operation is to be started

    std::thread thread_;
};

} // namespace overlapped_callback
