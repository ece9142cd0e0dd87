/// \file
/// A chat server, and clients that speak its protocol.
#pragma once

#include "apps/chat/chat_server.hpp"
#include "apps/chat/wire/protocol.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace chat_test {

using harness::watchdog;
using std::chrono::milliseconds;

/// Returns a message of the server as text: "welcome a b", "joined a", "left a", "said a: hello",
/// "refused: reason".
inline std::string to_text(const chat::server_message& message) {
    struct {
        std::string operator()(const chat::welcome& what) const {
            std::string text = "welcome";
            for (const std::string_view each : what.others)
                text.append(" ").append(each);
            return text;
        }
        std::string operator()(const chat::joined& what) const {
            return "joined " + std::string{what.name};
        }
        std::string operator()(const chat::left& what) const {
            return "left " + std::string{what.name};
        }
        std::string operator()(const chat::said& what) const {
            return "said " + std::string{what.name} + ": " + std::string{what.text};
        }
        std::string operator()(const chat::refused& what) const {
            EXPECT_EQ(what.text, chat::text_of(what.why));
            return "refused: " + std::string{what.text};
        }
    } writer;
    return std::visit(writer, message);
}

/// Returns the text of a refusal for that reason.
inline std::string refusal(chat::reason why) {
    return "refused: " + std::string{chat::text_of(why)};
}

/// A client of the chat. Threads: as for harness::client.
class talker {
public:
    explicit talker(std::uint16_t port) : connection{port} {}

    void join(std::string_view room, std::string_view name) {
        connection.send(chat::encode(chat::join{room, name}));
    }
    void say(std::string_view text) { connection.send(chat::encode(chat::say{text})); }
    void leave() { connection.send(chat::encode(chat::leave{})); }

    /// Returns the next message.
    std::string next() {
        const std::string length = connection.receive_exactly(chat::length_bytes);
        const std::string frame = connection.receive_exactly(chat::read_length(length));
        const auto message = chat::parse_server(frame);
        if (!message)
            throw std::runtime_error{"not of the protocol: " + ::testing::PrintToString(frame)};
        return to_text(*message);
    }

    /// Returns the next message that begins so, and skips others.
    std::string next_that_begins(std::string_view begin) {
        std::string message;
        do
            message = next();
        while (!message.starts_with(begin));
        return message;
    }

    /// Joins, and returns the answer.
    std::string enter(std::string_view room, std::string_view name) {
        join(room, name);
        return next();
    }

    harness::client connection;
};

/// A fixture with one chat server. Change `options`, call start(), and let clients come.
class chat_server_fixture : public ::testing::Test {
protected:
    chat_server_fixture() { options.server.drain_timeout = milliseconds{50}; }

    void TearDown() override { stop(); }

    void start() { server.emplace(options); }

    /// Stops the server, and checks that nothing is left.
    void stop() {
        if (!server)
            return;
        {
            const watchdog limit{"stop()"};
            server->stop();
        }
        const iocp::statistics figures = server->figures();
        EXPECT_EQ(figures.open, 0u);
        EXPECT_EQ(figures.queued_bytes, 0u);
        EXPECT_EQ(figures.ready, 0u);
        EXPECT_EQ(figures.handler_faults, 0u);
        EXPECT_EQ(server->room_count(), 0u);
        const watchdog limit{"the destructor"};
        server.reset();
    }

    [[nodiscard]] talker connect() const { return talker{server->port()}; }

    /// Waits until the server counts `count` open connections.
    void wait_until_open(std::uint64_t count) {
        harness::wait_until([&] { return server->figures().open == count; });
        ASSERT_EQ(server->figures().open, count);
    }

    chat::chat_options options;
    std::optional<chat::chat_server> server;
};

} // namespace chat_test
