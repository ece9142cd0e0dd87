// Closing from either side, at each stage, more than once, and with much still to send.
#include "scripted_server.hpp"

#include "testing/latch.hpp"
#include "win32/error.hpp"

#include <string>
#include <thread>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

class iocp_close : public scripted_server {
protected:
    // Starts the server, and shares its one session with the test's threads.
    client connect_shared() {
        user.open = [this](session& self) {
            shared = self.share();
            opened.happen();
        };
        user.close = [this](session&, std::error_code why) {
            reason = why;
        };
        start();
        client visitor = connect();
        EXPECT_TRUE(opened.wait());
        return visitor;
    }

    std::shared_ptr<session> shared;
    std::error_code reason; // valid after stop()
    occasion opened;
};

TEST_F(iocp_close, ByTheHandlerAsSoonAsItOpens) {
    user.open = [](session& self) {
        self.close();
    };
    start();
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(connect().receive_to_end(), "");
    wait_until_open(0);
    EXPECT_EQ(user.closed, 50u);
}

TEST_F(iocp_close, WithAResetByTheHandlerAsSoonAsItOpens) {
    user.open = [](session& self) {
        self.abort();
    };
    start();
    for (int i = 0; i < 50; ++i)
        connect().wait_until_closed();
    wait_until_open(0);
    EXPECT_EQ(user.closed, 50u);
}

TEST_F(iocp_close, ByTheClientAsSoonAsItIsConnected) {
    start();
    for (int i = 0; i < 100; ++i)
        connect().close();
    EXPECT_EQ(connect().exchange("still alive?"), "still alive?");
    wait_until_open(0);
}

TEST_F(iocp_close, WhileAReceiveIsPending) {
    client visitor = connect_shared();
    ASSERT_EQ(visitor.exchange("hello"), "hello");
    shared->close();
    EXPECT_EQ(visitor.receive_to_end(), "");
    visitor.close();
    wait_until_open(0);
    stop();
    EXPECT_FALSE(reason);
}

TEST_F(iocp_close, WhileASendIsPendingLosesNothing) {
    client visitor = connect_shared();
    const std::string sent = fill_queue(*shared);
    shared->close();
    shared->close(); // the second call changes nothing
    EXPECT_TRUE(harness::same_bytes(sent, visitor.receive_to_end()));
    visitor.close();
    wait_until_open(0);
    stop();
    EXPECT_FALSE(reason);
}

TEST_F(iocp_close, AbortWhileASendIsPending) {
    client visitor = connect_shared();
    static_cast<void>(fill_queue(*shared));
    shared->abort();
    wait_until_open(0);
    EXPECT_EQ(server->figures().queued_bytes, 0u);
    visitor.wait_until_closed();
    stop();
    EXPECT_EQ(reason, win32::make_error(ERROR_OPERATION_ABORTED));
}

TEST_F(iocp_close, AbortAfterCloseEndsAtOnce) {
    options.close_timeout = milliseconds{0}; // otherwise that would end the session too
    client visitor = connect_shared();
    static_cast<void>(fill_queue(*shared));
    shared->close();
    EXPECT_EQ(server->figures().open, 1u);
    shared->abort();
    wait_until_open(0);
    stop();
    EXPECT_EQ(reason, win32::make_error(ERROR_OPERATION_ABORTED));
}

// The client ends its side while bytes are still queued for it, and gets all of them.
TEST_F(iocp_close, ByTheClientWhileASendIsPendingLosesNothing) {
    client visitor = connect_shared();
    const std::string sent = fill_queue(*shared);
    visitor.half_close();
    EXPECT_TRUE(harness::same_bytes(sent, visitor.receive_to_end()));
    visitor.close();
    wait_until_open(0);
    stop();
    EXPECT_FALSE(reason);
}

// The client goes for good while a send to it is pending.
TEST_F(iocp_close, ByAClientThatTakesNoMore) {
    client visitor = connect_shared();
    static_cast<void>(fill_queue(*shared));
    visitor.close();
    wait_until_open(0);
    EXPECT_EQ(server->figures().queued_bytes, 0u);
    stop();
}

// Many threads close and abort at once, while the client closes too.
TEST_F(iocp_close, FromAllSidesAtOnce) {
    start();
    for (unsigned round = 0; round < 50; ++round) {
        std::mutex mutex;
        std::shared_ptr<session> mine;
        occasion ready;
        user.receive = [&](session& self, std::span<const std::byte> bytes) {
            self.send(bytes);
            const std::lock_guard lock{mutex};
            mine = self.share();
            ready.happen();
        };
        client visitor = connect();
        visitor.send("hello");
        ASSERT_TRUE(ready.wait());
        harness::latch together{4};
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < 3; ++i)
            threads.emplace_back([&, i] {
                together.arrive_and_wait();
                if (i == 0 && round % 2 == 0)
                    mine->abort();
                else
                    mine->close();
            });
        together.arrive_and_wait();
        if (round % 3 == 0)
            visitor.reset();
        else
            visitor.close();
        const watchdog limit{"the end of the session"};
        for (std::thread& each : threads)
            each.join();
        wait_until_open(0);
        EXPECT_EQ(user.closed, round + 1);
    }
    user.receive = [](session&, std::span<const std::byte>) {
    };
}

} // namespace
