/// \file
/// Static files over HTTP/1.1.
#pragma once

#include "connection.hpp"

#include "server/server.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace http {

/// How to serve.
struct file_server_options {
    file_server_options() { server.idle_timeout = std::chrono::seconds{30}; }

    iocp::server_options server;
    /// From a client's connecting, and later from the first bytes of each request, to the last ones
    /// of the request's head. Then a client that has begun a request is told so (408), and the
    /// connection is closed; of one that has not it is reset. 0: never.
    std::chrono::milliseconds head_timeout{10'000};
    /// Files and folders whose names begin with a dot.
    bool shows_dotfiles = false;
    /// The value of Cache-Control that files are sent with: printable ASCII.
    std::string cache_control = "no-cache";
};

/// Serves the files of one folder. Files and sockets are on one completion port, that of
/// iocp::server.
///
/// Threads: all functions from any thread, the destructor from any that is not of the pool.
class file_server final : private iocp::handler {
public:
    /// Serves from here on. `root`: UTF-8. Throws std::system_error: `root` is no folder that can
    /// be read; std::invalid_argument: `queue_limit` leaves no room for a block of 256 KiB and its
    /// head above `high_water_mark`; and as iocp::server does. Winsock must be started.
    explicit file_server(const std::string& root, const file_server_options& options = {});

    file_server(const file_server&) = delete;
    file_server& operator=(const file_server&) = delete;

    /// As those of iocp::server.
    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return server_.address(); }
    void stop() noexcept { server_.stop(); }
    [[nodiscard]] iocp::statistics figures() const noexcept { return server_.figures(); }

private:
    void on_open(iocp::session& self) override;
    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override;
    void on_end(iocp::session& self) override;
    void on_drained(iocp::session& self) override;
    void on_deadline(iocp::session& self) override;
    void on_operation(iocp::session& self, iocp::session_operation& what, std::error_code why,
                      std::size_t bytes) override;

    const site site_;
    iocp::buffer_pool small_blocks_{16 * 1024, 64};
    iocp::buffer_pool blocks_;
    const connection_context context_;
    iocp::server server_; // the last: its threads use all above
};

} // namespace http
