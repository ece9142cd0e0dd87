// The client resets at each stage of a session's life.
#include "scripted_server.hpp"

#include <string>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

class iocp_reset : public scripted_server {
protected:
    // Expects that another client is served, and that no session stays.
    void expect_survived() {
        client visitor = connect();
        EXPECT_EQ(visitor.exchange("still alive?"), "still alive?");
        visitor.close();
        wait_until_open(0);
    }
};

TEST_F(iocp_reset, AtOnce) {
    start();
    for (int i = 0; i < 100; ++i)
        connect().reset();
    expect_survived();
}

TEST_F(iocp_reset, WhileTheHandlerOpens) {
    occasion gone;
    user.open = [&](session&) {
        EXPECT_TRUE(gone.wait());
    };
    start();
    client visitor = connect();
    harness::wait_until([&] { return user.opened == 1; });
    visitor.reset();
    gone.happen();
    expect_survived();
}

TEST_F(iocp_reset, WhileItsReceiveIsPending) {
    start();
    client visitor = connect();
    wait_until_open(1);
    visitor.reset();
    wait_until_open(0);
    expect_survived();
}

TEST_F(iocp_reset, WhileTheHandlerReceives) {
    occasion received;
    occasion gone;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "first") {
            received.happen();
            EXPECT_TRUE(gone.wait());
        }
        self.send(bytes);
    };
    start();
    client visitor = connect();
    visitor.send("first");
    ASSERT_TRUE(received.wait());
    visitor.reset();
    gone.happen();
    expect_survived();
    stop();
}

TEST_F(iocp_reset, WhileASendIsPending) {
    start();
    client bystander = connect();
    {
        harness::flood deaf{server->port()};
        fill_queue_of(deaf, bystander, 0);
        deaf.connection.reset();
    }
    bystander.close();
    wait_until_open(0);
    EXPECT_EQ(server->figures().queued_bytes, 0u);
    expect_survived();
}

TEST_F(iocp_reset, WhileItIsPaused) {
    std::shared_ptr<session> paused;
    occasion ready;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "pause") {
            self.pause();
            paused = self.share();
            ready.happen();
        } else {
            self.send(bytes);
        }
    };
    start();
    client visitor = connect();
    visitor.send("pause");
    ASSERT_TRUE(ready.wait());
    visitor.reset();
    // Nothing is in flight that could fail, so the reset is found when the session goes on.
    paused->resume();
    wait_until_open(0);
    expect_survived();
    stop();
}

TEST_F(iocp_reset, WhileItIsBeingClosed) {
    occasion closing;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        self.send(bytes);
        if (as_text(bytes) == "close") {
            self.close();
            closing.happen();
        }
    };
    start();
    client visitor = connect();
    visitor.send("close");
    ASSERT_TRUE(closing.wait());
    visitor.reset();
    wait_until_open(0);
    expect_survived();
    stop();
}

TEST_F(iocp_reset, AfterItsHalfClose) {
    occasion ended;
    user.end = [&](session&) {
        ended.happen();
    }; // and leaves it open
    std::shared_ptr<session> shared;
    user.open = [&](session& self) {
        shared = self.share();
    };
    start();
    client visitor = connect();
    visitor.half_close();
    ASSERT_TRUE(ended.wait());
    visitor.reset();
    shared->abort();
    wait_until_open(0);
    user.end = [](session& self) {
        self.close();
    };
    expect_survived();
    stop();
}

} // namespace
