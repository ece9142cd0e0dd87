/// \file
/// A client that speaks HTTP, and a fixture with a file server.
#pragma once

#include "apps/http/file_server.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace http_test {

using std::chrono::milliseconds;

/// An answer that a client has received.
struct response {
    unsigned status = 0;
    std::string head; ///< The head, with the empty line at its end.
    std::string body;

    /// Returns the value of a field in the server's spelling; empty if it is missing.
    [[nodiscard]] std::string field(std::string_view name) const {
        const std::string start = "\r\n" + std::string{name} + ": ";
        const std::size_t at = head.find(start);
        if (at == std::string::npos)
            return {};
        const std::size_t begin = at + start.size();
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

/// A client. Every function throws if the connection ends too soon, or after 20 s.
class visitor {
public:
    explicit visitor(std::uint16_t port) : connection{port} {}

    void send(std::string_view bytes) { connection.send(bytes); }

    /// Sends a request of HTTP/1.1. Each of the `fields` ends with CRLF.
    void ask(std::string_view target, std::string_view fields = {},
             std::string_view method = "GET") {
        send(std::string{method} + ' ' + std::string{target} + " HTTP/1.1\r\nHost: test\r\n" +
             std::string{fields} + "\r\n");
    }

    /// Reads the head of the next answer only.
    [[nodiscard]] response read_head() {
        response result;
        std::size_t end = 0;
        while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
            receive();
        result.head = take(end + 4);
        const char* const number = result.head.data() + std::string_view{"HTTP/1.1 "}.size();
        std::from_chars(number, number + 3, result.status);
        return result;
    }

    /// Reads the next answer. That to HEAD has no body.
    [[nodiscard]] response read(bool has_body = true) {
        response result = read_head();
        if (has_body && result.status != 304)
            result.body = read_body(std::stoull(result.field("Content-Length")));
        return result;
    }

    [[nodiscard]] std::string read_body(std::size_t size) {
        while (pending_.size() < size)
            receive();
        return take(size);
    }

    [[nodiscard]] response get(std::string_view target, std::string_view fields = {}) {
        ask(target, fields);
        return read();
    }

    /// Whether the connection has ended, with no bytes left.
    [[nodiscard]] bool is_at_end() {
        return pending_.empty() && connection.receive_to_end().empty();
    }

    harness::client connection;

private:
    void receive() {
        char buffer[16 * 1024];
        const int size = ::recv(connection.native(), buffer, sizeof buffer, 0);
        if (size == SOCKET_ERROR)
            win32::throw_last_socket_error("recv");
        if (size == 0)
            throw std::runtime_error{"the connection has ended"};
        pending_.append(buffer, static_cast<std::size_t>(size));
    }

    std::string take(std::size_t size) {
        std::string result = pending_.substr(0, size);
        pending_.erase(0, size);
        return result;
    }

    std::string pending_;
};

/// A fixture with one file server. Fill the folder, call start(), and let visitors come.
class served_folder : public ::testing::Test {
protected:
    served_folder() {
        options.server.drain_timeout = milliseconds{50};
        std::filesystem::create_directory(root());
    }

    void TearDown() override { stop(); }

    /// The root is a folder inside the temporary one, so that files can lie beside it.
    [[nodiscard]] std::filesystem::path root() const { return outside.path() / L"root"; }

    std::filesystem::path make_file(std::wstring_view name, std::string_view content) const {
        return outside.make_file(L"root\\" + std::wstring{name}, content);
    }

    void make_folder(std::wstring_view name) const {
        std::filesystem::create_directory(root() / name);
    }

    void start() { server.emplace(win32::to_utf8(root().native()), options); }

    /// Stops the server, and checks its figures.
    void stop() {
        if (!server)
            return;
        {
            const harness::watchdog limit{"stop()"};
            server->stop();
        }
        const iocp::statistics figures = server->figures();
        EXPECT_EQ(figures.open, 0u);
        EXPECT_EQ(figures.queued_bytes, 0u);
        EXPECT_EQ(figures.handler_faults, 0u);
        server.reset();
    }

    [[nodiscard]] visitor visit() const { return visitor{server->port()}; }

    /// Waits until the server counts `count` open connections.
    void wait_until_open(std::uint64_t count) const {
        harness::wait_until([&] { return server->figures().open == count; });
        ASSERT_EQ(server->figures().open, count);
    }

    harness::temporary_folder outside;
    http::file_server_options options;
    std::optional<http::file_server> server;
};

} // namespace http_test
