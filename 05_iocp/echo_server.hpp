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

/// How to serve.
struct echo_options {
    std::string address = "127.0.0.1"; ///< or an IPv6 address, or a name
    std::uint16_t port = 0;            ///< 0 picks a free port
    unsigned threads = 0;              ///< size of the pool; 0 is twice the processors
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on a pool of threads of its own from the constructor on, until stop().
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

    /// Disconnects every client and returns when every packet has been taken and every thread
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    //! [operation]
    // What travels: Windows gets it with the call that starts the operation, owns it while the
    // operation is in flight, and gives it back in the packet, to whichever thread takes that.
    enum class kind { accept, receive, send };
    struct operation : OVERLAPPED {
        explicit operation(kind of) : OVERLAPPED{}, what{of} {}
        const kind what;
    };
    struct accept_operation : operation {
        accept_operation() : operation{kind::accept} {}
        win32::unique_socket socket; // the client's, made beforehand
        std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses;
        std::atomic<bool> idle{false}; // not in flight: it is to be tried again after a pause
    };
    //! [operation]

    //! [session]
    // Exactly one operation is in flight for each session. Whoever takes its packet is, until it
    // starts the next one, the only thread that touches the session: so it needs no lock.
    struct session {
        std::list<session>::iterator self; // where it stands in sessions_
        win32::unique_socket socket;
        operation receive{kind::receive};
        operation send{kind::send};
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // bytes [begin, end) of the buffer are still to be sent back
        DWORD end = 0;
    };
    //! [session]

    struct packet {
        session* of;          // the completion key: null for the listener
        operation* completed; // null: stop() posted the packet
        DWORD error;
        DWORD bytes;
    };

    // All of these run on the pool's threads. None may throw: that would end the program.
    std::optional<packet> take_packet(DWORD milliseconds) noexcept;
    void work() noexcept;
    void handle(const packet& taken) noexcept;
    void start_accept(accept_operation& accept) noexcept;
    void pause(accept_operation& accept) noexcept;
    void start_idle_accepts() noexcept;
    void on_accepted(accept_operation& accept, DWORD error) noexcept;
    void start_receive(session& self) noexcept;
    void start_send(session& self) noexcept;
    void end(session& self) noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    win32::unique_handle completion_port_;
    std::vector<std::thread> threads_;
    // Windows gives no more sockets, say: it will when clients have left. In milliseconds.
    static constexpr DWORD accept_pause = 100;
    // On the clock of GetTickCount64; 0: no accept is idle.
    std::atomic<ULONGLONG> pause_ends_{0};
    bool stopped_ = false;

    std::array<accept_operation, 4> accepts_; // each is the kernel's, its handler's, or idle

    std::mutex mutex_; // guards all below
    std::list<session> sessions_;
};

} // namespace iocp
