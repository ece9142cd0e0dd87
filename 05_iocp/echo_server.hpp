/// \file
/// The socket job with a completion port: a small pool of threads for any number of clients.
#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace iocp {

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
    unsigned threads = 0;              ///< size of the pool; 0 stands for twice the processors
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on a pool of threads of its own from the constructor on, until stop().
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

    /// Resets every client's connection and frees the port. Returns when every packet has been
    /// taken and every thread has been joined. Call it from one thread at a time; the second call
    /// does nothing.
    void stop() noexcept;

private:
    //! [session]
    // One operation is in flight at a time: a receive if nothing is unsent, else a send. So each
    // session has one OVERLAPPED. Until the thread that takes its packet starts the next one, no
    // other thread touches the session: so it needs no lock.
    struct session {
        std::list<session>::iterator self; // its place in sessions_
        win32::unique_socket socket;
        OVERLAPPED in_flight{};
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // start of the bytes in the buffer that are still to be sent back
        DWORD end = 0;   // end of those bytes

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };
    //! [session]

    //! [accept-operation]
    // Several accepts are in flight at a time, and their packets have the same key. Each *is* an
    // OVERLAPPED: so a packet leads to its accept.
    struct accept_operation : OVERLAPPED {
        win32::unique_socket socket; // the socket for the next client
        std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses;
        std::atomic<bool> idle{false}; // whether it is not in flight, but to be tried again
    };
    //! [accept-operation]

    //! [packet]
    struct packet {
        session* of;           // the completion key; null is the listener's
        OVERLAPPED* completed; // null when stop() posted the packet
        DWORD error;
        DWORD bytes;
    };
    //! [packet]

    // None of these may throw: on a thread of the server that would end the program.
    void serve() noexcept;
    std::optional<packet> take_packet(DWORD milliseconds) noexcept;
    void start_accept(accept_operation& accept) noexcept;
    void finish_accept(accept_operation& accept, DWORD error) noexcept;
    void pause(accept_operation& accept) noexcept;
    void start_idle_accepts() noexcept;
    void add_session(win32::unique_socket socket) noexcept;
    void start_receive(session& self) noexcept;
    void start_send(session& self) noexcept;
    void advance(session& self, DWORD error, DWORD bytes) noexcept;
    void end(session& self) noexcept;
    void cancel_all() noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    win32::unique_handle completion_port_;
    bool stopping_ = false;                     // used by stop() alone
    std::array<accept_operation, 4> accepts_{}; // each in flight, in finish_accept(), or idle
    std::atomic<ULONGLONG> pause_ends_{0};      // a GetTickCount64; 0 when no accept is idle

    std::mutex mutex_; // guards sessions_
    std::list<session> sessions_;

    std::vector<std::thread> threads_;
};

} // namespace iocp
