// Requests on one connection: in a row, in pieces, too slow, broken off.
#include "visitor.hpp"

#include "testing/held_port.hpp"
#include "testing/run_at_once.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using namespace http_test;

class http_connection : public served_folder {
protected:
    http_connection() {
        make_file(L"a.txt", "aaa");
        make_file(L"b.txt", harness::make_message(100'000));
    }

    void wait_until_received(std::uint64_t bytes) const {
        harness::wait_until([&] { return server->figures().bytes_received >= bytes; });
        ASSERT_EQ(server->figures().bytes_received, bytes);
    }

    /// Expects a reset without an answer, which the client would take for that to its next request.
    void expect_timed_out(visitor& user) const {
        const harness::watchdog limit{"the timeout"};
        try {
            EXPECT_EQ(user.connection.receive_to_end(), "");
        } catch (const std::system_error&) { // a reset is right too
        }
        wait_until_open(0);
        EXPECT_EQ(server->figures().timed_out, 1u);
    }

    /// Expects a 408, then the end, and checks the server's figures.
    void expect_told(visitor& user) const {
        const response answer = user.read();
        EXPECT_EQ(answer.status, 408u);
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_EQ(answer.body, "408 Request Timeout\n");
        EXPECT_TRUE(user.is_at_end());
        user.connection.close();
        wait_until_open(0);
        EXPECT_EQ(server->figures().timed_out, 1u);
    }

    static std::string request(std::string_view target, std::string_view method = "GET") {
        return std::string{method} + ' ' + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
};

TEST_F(http_connection, AnswersInTheOrderOfTheRequests) {
    start();
    visitor user = visit();
    user.send(request("/b.txt") + request("/a.txt") + request("/a.txt", "HEAD") + request("/none") +
              request("/b.txt") + request("/a.txt"));
    EXPECT_EQ(user.read().body.size(), 100'000u);
    EXPECT_EQ(user.read().body, "aaa");
    EXPECT_EQ(user.read(false).field("Content-Length"), "3");
    EXPECT_EQ(user.read().status, 404u);
    EXPECT_TRUE(harness::same_bytes(harness::make_message(100'000), user.read().body));
    EXPECT_EQ(user.read().body, "aaa");
}

// The server has received the first part when the second is sent.
TEST_F(http_connection, RequestsMayBeSplitAnywhere) {
    start();
    visitor user = visit();
    const std::string two = request("/a.txt") + request("/none");
    std::uint64_t sent = 0;
    for (std::size_t split = 1; split < two.size(); ++split) {
        user.send(std::string_view{two}.substr(0, split));
        ASSERT_NO_FATAL_FAILURE(wait_until_received(sent += split));
        user.send(std::string_view{two}.substr(split));
        sent += two.size() - split;
        ASSERT_EQ(user.read().body, "aaa") << split;
        ASSERT_EQ(user.read().status, 404u) << split;
    }
}

TEST_F(http_connection, RequestMayComeByteByByte) {
    start();
    visitor user = visit();
    for (const char c : request("/a.txt"))
        user.send({&c, 1});
    EXPECT_EQ(user.read().body, "aaa");
}

// The answers are more than the server's queue and the system's buffers could hold. A single
// receive brings hundreds of requests.
TEST_F(http_connection, RowOfRequestsIsNotTakenAllAtOnce) {
    constexpr std::size_t count = 20'000;
    start();
    visitor user = visit();
    std::uint64_t most_queued = 0;
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += request("/none");
    harness::write_while_reading([&] { user.send(all); },
                                 [&] {
                                     for (std::size_t i = 0; i < count; ++i) {
                                         ASSERT_EQ(user.read().status, 404u) << i;
                                         most_queued =
                                             std::max(most_queued, server->figures().queued_bytes);
                                     }
                                 });
    EXPECT_LT(most_queued, options.server.high_water_mark + 4096);
}

TEST_F(http_connection, ClientThatHasSaidAllGetsItsAnswers) {
    start();
    visitor user = visit();
    user.send(request("/b.txt") + request("/a.txt"));
    user.connection.half_close();
    EXPECT_EQ(user.read().body.size(), 100'000u);
    EXPECT_EQ(user.read().body, "aaa");
    EXPECT_TRUE(user.is_at_end());
}

TEST_F(http_connection, CloseIsAfterTheWholeFile) {
    start();
    visitor user = visit();
    user.ask("/b.txt", "Connection: close\r\n");
    user.send(request("/a.txt")); // is not answered any more
    const response answer = user.read();
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_EQ(answer.body.size(), 100'000u);
    EXPECT_TRUE(user.is_at_end());
}

TEST_F(http_connection, SilentClientIsReset) {
    options.head_timeout = milliseconds{100};
    start();
    visitor user = visit();
    expect_timed_out(user);
}

// The client sends bytes all the time, but no whole request.
TEST_F(http_connection, RequestInDripsIsToldAndEnds) {
    options.head_timeout = milliseconds{100};
    // Keeps the close after a head that has become too large from counting as the timeout.
    options.server.close_timeout = std::chrono::minutes{1};
    start();
    visitor user = visit();
    const std::string beginning = "GET / HTTP/1.1\r\nX: ";
    user.send(beginning);
    std::uint64_t sent = beginning.size();
    const harness::watchdog limit{"the timeout"};
    while (server->figures().timed_out == 0) {
        user.send("x");
        ++sent;
        harness::wait_until([&] {
            const iocp::statistics figures = server->figures();
            return figures.bytes_received >= sent || figures.timed_out != 0;
        });
    }
    expect_told(user);
}

TEST_F(http_connection, EachRequestHasItsDeadline) {
    options.head_timeout = milliseconds{1'000};
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/a.txt").body, "aaa");
    user.send("GET / HT");
    expect_told(user);
}

// The client goes on after the 408, and never closes.
TEST_F(http_connection, ClientThatHeedsNotWhatItIsToldIsReset) {
    options.head_timeout = milliseconds{100};
    options.server.close_timeout = milliseconds{100};
    start();
    visitor user = visit();
    user.send("GET / HT");
    EXPECT_EQ(user.read().status, 408u);
    wait_until_open(0);
}

// Each request comes in two pieces: the end of one together with the beginning of the next.
TEST_F(http_connection, RequestsInARowHaveADeadlineEach) {
    options.head_timeout = milliseconds{1'000};
    start();
    visitor user = visit();
    const std::string head = "HEAD /a.txt HTTP/1.1\r\nHost: test\r\n\r\n";
    user.send(head.substr(0, 10));
    const auto end = std::chrono::steady_clock::now() + 2 * options.head_timeout;
    while (std::chrono::steady_clock::now() < end) {
        user.send(head.substr(10) + head.substr(0, 10));
        ASSERT_EQ(user.read(false).status, 200u);
    }
    EXPECT_EQ(server->figures().timed_out, 0u);
}

TEST_F(http_connection, AnsweredClientHasNoDeadline) {
    options.head_timeout = milliseconds{2'000};
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/a.txt").body, "aaa");
    visitor silent = visit(); // has a later deadline than the first could have
    {
        const harness::watchdog limit{"the timeout"};
        silent.connection.wait_until_closed();
    }
    EXPECT_EQ(user.get("/a.txt").body, "aaa");
}

TEST_F(http_connection, IdleClientIsReset) {
    options.server.idle_timeout = milliseconds{1'000};
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/a.txt").body, "aaa");
    expect_timed_out(user);
}

TEST_F(http_connection, ClientMayGoInTheMiddleOfAFile) {
    make_file(L"large", std::string(8'000'000, 'x'));
    start();
    for (const bool resets : {false, true}) {
        visitor user = visit();
        user.ask("/large");
        EXPECT_EQ(user.read_body(1000).size(), 1000u);
        resets ? user.connection.reset() : user.connection.close();
        wait_until_open(0);
    }
    visitor user = visit();
    EXPECT_EQ(user.get("/a.txt").body, "aaa");
}

// Otherwise each file would be broken off at its first block.
TEST_F(http_connection, QueueMustHoldABlockAboveTheHighWaterMark) {
    make_file(L"large", std::string(1'000'000, 'x'));
    options.server.queue_limit = options.server.high_water_mark + 256 * 1024;
    EXPECT_THROW(start(), std::invalid_argument);
    options.server.queue_limit += 4 * 1024;
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/large").body.size(), 1'000'000u);
}

TEST_F(http_connection, StopsInTheMiddleOfFiles) {
    make_file(L"large", std::string(8'000'000, 'x'));
    start();
    std::vector<visitor> users;
    for (int i = 0; i < 20; ++i) {
        users.push_back(visit());
        users.back().ask("/large");
        EXPECT_EQ(users.back().read_body(1000).size(), 1000u);
    }
    stop();
}

TEST_F(http_connection, ManyAtOnce) {
    start();
    const std::string content = harness::make_message(100'000);
    harness::run_at_once(16, [&](unsigned) {
        visitor user = visit();
        for (int round = 0; round < 20; ++round) {
            EXPECT_EQ(user.get("/a.txt").body, "aaa");
            EXPECT_TRUE(harness::same_bytes(content, user.get("/b.txt").body));
        }
    });
}

// A client connects at the moment at which the server begins to listen.
TEST_F(http_connection, ClientMayBeQuickerThanTheConstructor) {
    const harness::held_port own;
    options.server.port = own.number();
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> given_up = false;
        harness::run_at_once(2, [&](unsigned i) {
            if (i == 0)
                try {
                    return start();
                } catch (...) {
                    given_up = true; // ends the client's attempts
                    throw;
                }
            while (!given_up)
                try {
                    visitor early{options.server.port};
                    EXPECT_EQ(early.get("/a.txt").body, "aaa");
                    early.connection.reset();
                    return;
                } catch (const std::system_error&) { // the server does not listen yet
                }
        });
        stop();
    }
}

} // namespace
