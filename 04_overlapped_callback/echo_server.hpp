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

/// How to serve.
struct echo_options {
    std::string address = "127.0.0.1"; ///< or an IPv6 address, or a name
    std::uint16_t port = 0;            ///< 0 picks a free port
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on one thread of its own from the constructor on, until stop(). That thread waits for
/// clients, and its completion routines run in the same wait.
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

    /// Disconnects every client and returns when every routine has run and the thread has been
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    //! [session]
    // One operation is in flight at a time, so one OVERLAPPED will do. A session *is* one: that is
    // how a completion routine, which is handed nothing else, finds its session.
    struct session : OVERLAPPED {
        echo_server* server = nullptr;
        std::list<session>::iterator self; // where it stands in sessions_, or in ready_
        win32::unique_socket socket;
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // bytes [begin, end) of the buffer are still to be sent back
        DWORD end = 0;
    };
    //! [session]

    void serve();
    bool start_accept();
    bool finish_accept();
    bool pause_accepting();
    void start_ready();
    void cancel_all();
    void end(session& self);
    static void start_receive(session& self);
    static void start_send(session& self);
    static void CALLBACK on_received(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD flags);
    static void CALLBACK on_sent(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD flags);

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    win32::unique_handle stop_event_;
    std::atomic<bool> stop_requested_ = false;

    // The serving thread's own.
    win32::unique_handle accept_done_;
    OVERLAPPED accept_{};
    ULONGLONG accept_pause_ends_ = 0; // on the clock of GetTickCount64
    win32::unique_socket accepted_;
    std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses_;
    std::list<session> sessions_; // each has one operation in flight
    std::list<session> ready_;    // each has had one done, and the next is to be started
    bool stopping_ = false;

    std::thread thread_;
};

} // namespace overlapped_callback
