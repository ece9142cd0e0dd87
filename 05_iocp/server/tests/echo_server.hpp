/// \file
/// An echo server like 05_iocp_server, in the tests' process.
#pragma once

#include "server/server.hpp"

#include <chrono>
#include <cstdint>

namespace iocp_test {

/// Sends back the bytes that it receives.
class echo_handler : public iocp::handler {
    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override {
        self.send(bytes);
    }
};

/// The server with the interface of the contracts.
class echo_server {
public:
    explicit echo_server(const iocp::server_options& options = quick_to_stop())
        : server_{echo_, options} {}

    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return server_.address(); }
    [[nodiscard]] iocp::statistics figures() const noexcept { return server_.figures(); }
    void stop() noexcept { server_.stop(); }

    /// Returns options with a short drain timeout: most clients of the tests do not leave before
    /// it.
    static iocp::server_options quick_to_stop() {
        iocp::server_options options;
        options.drain_timeout = std::chrono::milliseconds{50};
        return options;
    }

private:
    echo_handler echo_;
    iocp::server server_;
};

} // namespace iocp_test
