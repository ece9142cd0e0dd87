// The client's side of a connection, with a real server.
#include "apps/chat/client_connection.hpp"

#include "chat_fixture.hpp"

#include "testing/loopback.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <variant>

namespace {

using namespace chat_test;
using chat::client_connection;

class chat_client_connection : public chat_server_fixture {
protected:
    static std::string next(client_connection& connection) {
        const auto message = connection.receive();
        return message ? to_text(*message) : "the end";
    }

    // Connects a client, and lets it join a room.
    void enter(client_connection& connection) {
        EXPECT_TRUE(connection.send(chat::encode(chat::join{"den", "Ann"})));
        EXPECT_EQ(next(connection), "welcome");
    }
};

TEST_F(chat_client_connection, LeavesInGoodOrder) {
    start();
    client_connection self{"127.0.0.1", server->port()};
    enter(self);
    EXPECT_TRUE(self.say("hello"));
    self.leave();
    self.leave(); // the second call does nothing
    EXPECT_FALSE(self.say("too late"));
    EXPECT_FALSE(self.send(chat::encode(chat::say{"too late"})));
    EXPECT_EQ(next(self), "said Ann: hello");
    EXPECT_EQ(next(self), "left Ann");
    EXPECT_EQ(next(self), "the end");
}

// The bytes are more than the buffers of a connection hold in both directions.
TEST_F(chat_client_connection, WaitsUntilItsWordsComeBack) {
    options.send_limit = chat::least_send_limit;
    start();
    client_connection self{"127.0.0.1", server->port()};
    enter(self);
    constexpr int messages = 5'000;
    const std::string text(4'000, 'x');
    const watchdog limit{"a long speech", std::chrono::seconds{60}};
    std::thread speaker{[&] {
        for (int i = 0; i < messages; ++i)
            EXPECT_TRUE(self.say(text));
        self.leave();
    }};
    int heard = 0;
    for (std::string message; (message = next(self)) != "left Ann"; ++heard) {
        EXPECT_EQ(message, "said Ann: " + text);
        self.heard();
    }
    EXPECT_EQ(heard, messages);
    EXPECT_EQ(next(self), "the end");
    speaker.join();
    EXPECT_EQ(server->slow_readers(), 0u);
}

TEST_F(chat_client_connection, LeavingEndsTheWait) {
    start();
    client_connection self{"127.0.0.1", server->port()};
    enter(self);
    std::atomic<int> said{0};
    std::thread speaker{[&] {
        while (self.say("nobody hears it")) // must wait some time, since heard() is not called
            ++said;
    }};
    harness::wait_until([&] { return said >= 20; });
    EXPECT_GE(said, 20);
    self.leave();
    const watchdog limit{"say()"};
    speaker.join();
}

TEST_F(chat_client_connection, SaysThatNobodyListens) {
    const win32::unique_socket holder = harness::bind_without_listening();
    const std::uint16_t port = win32::local_port(holder.get());
    try {
        client_connection self{"127.0.0.1", port};
        FAIL() << "connected to nobody";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), WSAECONNREFUSED);
        EXPECT_NE(std::string{error.what()}.find("127.0.0.1:" + std::to_string(port)),
                  std::string::npos)
            << error.what();
    }
}

TEST_F(chat_client_connection, TriesOneAddressAfterTheOther) {
    const win32::unique_socket holder = harness::bind_without_listening();
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const SOCKADDR_INET nobody = win32::local_address(holder.get());
    const SOCKADDR_INET somebody = win32::local_address(listener.get());
    EXPECT_TRUE(chat::connect_to_one({nobody, somebody}, "a name:1"));
    try {
        static_cast<void>(chat::connect_to_one({nobody, nobody}, "a name:1"));
        FAIL() << "connected to nobody";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string{error.what()}.find("a name:1"), std::string::npos) << error.what();
    }
}

// The server speaks another protocol.
TEST_F(chat_client_connection, TakesNothingThatIsNoChat) {
    for (const std::string_view bytes : {std::string_view{"\0\0", 2}, std::string_view{"\0\1\1", 3},
                                         std::string_view{"\0\5\x11\3A\nn", 7}}) {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        client_connection self{"127.0.0.1", win32::local_port(listener.get())};
        const win32::unique_socket other{::accept(listener.get(), nullptr, nullptr)};
        ASSERT_EQ(::send(other.get(), bytes.data(), static_cast<int>(bytes.size()), 0),
                  static_cast<int>(bytes.size()));
        ::shutdown(other.get(), SD_SEND);
        EXPECT_THROW(static_cast<void>(self.receive()), std::runtime_error)
            << ::testing::PrintToString(bytes);
    }
}

} // namespace
