/// \file
/// The socket job with coroutines on a completion port: it reads as if it blocked.
#pragma once

#include "completion_port.hpp"
#include "scope.hpp"
#include "task.hpp"
#include "win32/winsock.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace coroutines {

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
    /// thread cannot be had, and std::bad_alloc. Winsock must be started.
    explicit echo_server(const echo_options& options = {});

    /// Calls stop().
    ~echo_server();

    echo_server(const echo_server&) = delete;
    echo_server& operator=(const echo_server&) = delete;

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// The address that the server listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Resets every client's connection and frees the port. Returns when every coroutine has ended
    /// and every thread has been joined. Call it from one thread at a time; the second call does
    /// nothing.
    void stop() noexcept;

private:
    task<> accept_clients();
    void start_session(win32::unique_socket client) noexcept;
    task<> serve(win32::unique_socket client);

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    LPFN_ACCEPTEX accept_ex_;
    completion_port completion_port_;
    std::stop_source stop_;
    bool stopping_ = false; // used by stop() alone
    scope coroutines_;      // the accepts and the sessions
    std::vector<std::thread> threads_;
};

} // namespace coroutines
