/// \file
/// A server of static files over HTTP/1.1.
#pragma once

#include "connection.hpp"

#include "server/server.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace http {

/// The options of a file server.
struct file_server_options {
    file_server_options() { server.idle_timeout = std::chrono::seconds{30}; }

    iocp::server_options server;
    /// The time for a request's head. For the first request it begins with the connection, for each
    /// later one with its first bytes. When it is over, a client that has begun a request gets a
    /// 408 and the connection is closed; otherwise the connection is reset. 0 is no limit.
    std::chrono::milliseconds head_timeout{10'000};
    /// Whether to serve files and folders with names that begin with a dot.
    bool shows_dotfiles = false;
    /// The value of Cache-Control for files, in printable ASCII.
    std::string cache_control = "no-cache";
};

/// Serves the files of one folder. Files and sockets are on one completion port, that of
/// iocp::server.
///
/// Threads: all functions from any thread; the destructor from any but the pool's.
class file_server final : private iocp::handler {
public:
    /// Listens and serves. `root` is UTF-8. Winsock must be started. Throws std::system_error if
    /// `root` is no folder that can be read; std::invalid_argument if `queue_limit` leaves no room
    /// for a block of 256 KiB and its head above `high_water_mark`; and as iocp::server does.
    explicit file_server(const std::string& root, const file_server_options& options = {});

    file_server(const file_server&) = delete;
    file_server& operator=(const file_server&) = delete;

    /// These do the same as those of iocp::server.
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
    iocp::server server_; // last, since its threads use the members above
};

} // namespace http
