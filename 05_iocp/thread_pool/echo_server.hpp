/// \file
/// The socket job on Windows' own thread pool: no port, no thread and no loop of ours.
#pragma once

#include "operation_gate.hpp"
#include "pool_objects.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>

namespace thread_pool {

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
    unsigned threads = 0;              ///< the most threads of the pool; 0 leaves it to Windows
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on a pool of Windows' threads from the constructor on, until stop().
class echo_server {
public:
    /// Listens, and begins to serve. Throws std::system_error when the address, the port or the
    /// pool cannot be had. Winsock must be started.
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
    /// collected, and no callback touches the server any more. Call it from one thread at a time,
    /// and from no callback; the second call does nothing.
    void stop() noexcept;

private:
    //! [session]
    // One operation is in flight at a time, as in chapter 5. So the session's callbacks never run
    // beside each other, whatever order the pool runs callbacks in.
    struct session {
        explicit session(echo_server& owner) noexcept : server{owner} {}

        echo_server& server;
        std::list<session>::iterator self; // its place in sessions_
        unique_io io;
        win32::unique_socket socket;
        OVERLAPPED in_flight{};
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // start of the bytes in the buffer that are still to be sent back
        DWORD end = 0;   // end of those bytes

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };
    //! [session]

    struct accept_operation : OVERLAPPED {
        win32::unique_socket socket; // the socket for the next client
        std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses;
        std::atomic<bool> idle{false}; // whether it is not in flight, but to be tried again
    };

    static LPFN_ACCEPTEX load_accept_ex(SOCKET socket);

    // The pool calls these. An exception that left one would end the program.
    static void CALLBACK on_session_io(PTP_CALLBACK_INSTANCE instance, void* context,
                                       void* overlapped, ULONG error, ULONG_PTR bytes,
                                       PTP_IO io) noexcept;
    static void CALLBACK on_listener_io(PTP_CALLBACK_INSTANCE instance, void* context,
                                        void* overlapped, ULONG error, ULONG_PTR bytes,
                                        PTP_IO io) noexcept;
    static void CALLBACK on_timer(PTP_CALLBACK_INSTANCE instance, void* context,
                                  PTP_TIMER timer) noexcept;

    void start_accept(accept_operation& accept) noexcept;
    void finish_accept(accept_operation& accept, DWORD error) noexcept;
    void pause(accept_operation& accept) noexcept;
    void close_accepts() noexcept;
    void add_session(win32::unique_socket socket) noexcept;
    void start_receive(session& self) noexcept;
    void start_send(session& self) noexcept;
    void advance(session& self, DWORD error, DWORD bytes) noexcept;
    void end(session& self) noexcept;
    void cancel_all() noexcept;

    // The pool comes first, so that it goes last: after all objects on it.
    unique_pool pool_;
    environment environment_;
    unique_io listener_io_;
    unique_timer timer_; // set while an accept is idle
    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    // Each is in flight, or idle, or in one thread's finish_accept(), on_timer() or start_accept().
    std::array<accept_operation, 4> accepts_{};
    operation_gate gate_; // every operation is started through it

    std::mutex mutex_; // guards sessions_
    std::list<session> sessions_;
};

} // namespace thread_pool
