/// \file
/// The socket job with blocking calls: a thread for each connection.
#pragma once

#include "win32/winsock.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace blocking {

/// Options of an echo server.
struct echo_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, or a name
    std::uint16_t port = 0;            ///< the port to listen on; 0 picks a free one
    /// The number of threads. Each serves one client at a time; further clients wait, connected but
    /// unserved, until a thread is free. 0 starts a thread for every client.
    unsigned threads = 0;
    /// The most clients at once when `threads` is 0. One more is told goodbye.
    unsigned max_threads = 1000;
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// Serves on threads of its own from the constructor on, until stop().
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

    /// Resets every client's connection and frees the port. Returns when every thread has been
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    struct session {
        std::list<session>::iterator self; // its place in sessions_
        win32::unique_socket socket;
        std::thread thread; // none when an accepting thread serves the client itself
    };

    // None of these may throw: on a thread of the server that would end the program.
    void accept_clients() noexcept;
    void add_session(win32::unique_socket socket) noexcept;
    void serve(session& self) noexcept;
    void end(session& self) noexcept;
    void join_late_threads(std::unique_lock<std::mutex>& lock) noexcept;

    win32::unique_socket listener_;
    SOCKADDR_INET address_;
    echo_options options_;
    std::atomic<bool> stopping_ = false;   // whether to stop; set under the lock, read without it
    std::atomic<std::size_t> running_ = 0; // threads that have begun to accept or to serve
    std::vector<std::thread> accepting_;

    std::mutex mutex_; // guards the members below
    std::list<session> sessions_;
    std::condition_variable one_has_ended_;
    std::thread finished_; // the session's thread that ended last, not yet joined
};

} // namespace blocking
