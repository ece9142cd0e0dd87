/// \file
/// The socket job with standalone Asio: what a programmer gets who takes the library, not the API.
#pragma once

#include <asio.hpp>

#include "win32/winsock.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace peers {

/// How to serve; the same as chapter 5's.
struct echo_options {
    std::string address = "127.0.0.1"; ///< or an IPv6 address, or a name
    std::uint16_t port = 0;            ///< 0 picks a free port
    unsigned threads = 0;              ///< that run the io_context; 0 is twice the processors
};

/// Echoes what each client sends, until the client has sent its last byte.
///
/// On Windows Asio's io_context is a completion port. The server serves on threads of its own from
/// the constructor on, until stop(). Source: https://think-async.com/Asio
class asio_echo_server {
public:
    /// Listens. Throws std::system_error: a bad address, a taken port. Winsock must be started.
    explicit asio_echo_server(const echo_options& options = {});

    /// Calls stop(), and returns when all that is done.
    ~asio_echo_server();

    asio_echo_server(const asio_echo_server&) = delete;
    asio_echo_server& operator=(const asio_echo_server&) = delete;

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// The address that it listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Disconnects every client and returns when every operation has ended and every thread is
    /// joined. Call it from one thread at a time; the second call does nothing.
    void stop() noexcept;

private:
    class session;

    void run() noexcept;
    void accept_next();
    void accept_later();
    void on_accepted(const asio::error_code& error, asio::ip::tcp::socket socket);
    void enter(session& one);
    void leave(session& one) noexcept;

    unsigned thread_count_;
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    SOCKADDR_INET address_;
    unsigned failed_accepts_ = 0; // in a row; there is only ever one accept
    std::vector<std::thread> threads_;
    bool stopping_ = false; // set when no thread runs any more

    std::mutex mutex_; // guards all below
    std::unordered_set<session*> sessions_;
};

} // namespace peers
