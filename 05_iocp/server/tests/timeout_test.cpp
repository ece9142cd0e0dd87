// Timeouts. The times are short and real: a test waits for what the timeout does, and no test is
// right because enough time has passed.
#include "scripted_server.hpp"

#include "win32/error.hpp"

#include <string>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

class iocp_timeout : public scripted_server {
protected:
    void expect_timed_out(client& visitor, unsigned count = 1) {
        const watchdog limit{"the timeout"};
        visitor.wait_until_closed();
        harness::wait_until([&] { return user.closed >= count; });
        EXPECT_EQ(server->figures().timed_out, count);
    }
};

TEST_F(iocp_timeout, SilentFromTheBeginningIsReset) {
    options.first_bytes_timeout = milliseconds{100};
    std::atomic<int> reason{0};
    user.close = [&](session&, std::error_code why) {
        reason = why.value();
    };
    start();
    client silent = connect();
    expect_timed_out(silent);
    EXPECT_EQ(reason, WSAETIMEDOUT);
    stop();
}

TEST_F(iocp_timeout, FirstBytesInTimeLiftTheDeadline) {
    options.first_bytes_timeout = milliseconds{1'000};
    start();
    client talker = connect();
    ASSERT_EQ(talker.exchange("hello"), "hello");
    // The deadline of this one is later than that of the talker.
    client silent = connect();
    expect_timed_out(silent);
    EXPECT_EQ(talker.exchange("still here"), "still here");
}

TEST_F(iocp_timeout, IdleIsReset) {
    options.idle_timeout = milliseconds{100};
    start();
    client visitor = connect();
    ASSERT_EQ(visitor.exchange("hello"), "hello");
    expect_timed_out(visitor);
}

TEST_F(iocp_timeout, IdleClientsGoWhileAnActiveOneStays) {
    options.idle_timeout = milliseconds{1'000};
    start();
    client active = connect();
    std::vector<client> idle = harness::connect_clients(server->port(), 50);
    wait_until_open(51);
    // It sends as long as the others are there, and beyond the time at which each has gone.
    while (user.closed < 50)
        ASSERT_EQ(active.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().timed_out, 50u);
    EXPECT_EQ(active.exchange("still here"), "still here");
}

TEST_F(iocp_timeout, ClientThatDoesNotReadIsIdle) {
    options.idle_timeout = milliseconds{300};
    user.open = [](session& self) {
        self.send(std::string(4'000'000, 'x'));
    };
    start();
    client deaf = connect();
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
}

// Nothing else ends it, and it ends nobody else.
TEST_F(iocp_timeout, ClientThatStandsStillIsReset) {
    options.stall_timeout = milliseconds{200};
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        self.send(as_text(bytes) == "much" ? std::string(4'000'000, 'x') : "hello");
    };
    start();
    client silent = connect();
    client deaf = connect();
    deaf.send("much");
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
    EXPECT_EQ(silent.exchange("hello"), "hello");
}

// It takes a little at a time, and is never done while the other one stands still.
TEST_F(iocp_timeout, ClientThatTakesALittleAtATimeDoesNotStandStill) {
    constexpr std::size_t much = 24'000'000;
    options.stall_timeout = milliseconds{1'000};
    options.queue_limit = much;
    options.low_water_mark = 0;
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        self.send(as_text(bytes) == "much" ? std::string(much, 'x') : "hello");
    };
    start();
    client slow = connect();
    slow.send("much");
    client deaf = connect();
    deaf.send("much");
    client bystander = connect();
    std::size_t got = 0;
    for (; got < much && user.closed == 0; got += 32'000) {
        ASSERT_EQ(slow.receive_exactly(32'000), std::string(32'000, 'x'));
        for (int i = 0; i < 5; ++i)
            ASSERT_EQ(bystander.exchange("hello"), "hello");
    }
    EXPECT_EQ(slow.receive_exactly(much - got), std::string(much - got, 'x'));
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
}

TEST_F(iocp_timeout, ClientThatIsKeptWaitingIsNotIdle) {
    options.idle_timeout = milliseconds{300};
    std::shared_ptr<session> waiting;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "wait") {
            waiting = self.share();
            self.pause();
        } else {
            self.send(bytes);
        }
    };
    start();
    client kept = connect();
    kept.send("wait");
    // Ones that came later have timed out, so its own time is over as well.
    for (unsigned round = 1; round <= 3; ++round) {
        client idle = connect();
        ASSERT_EQ(idle.exchange("hello"), "hello");
        expect_timed_out(idle, round);
    }
    waiting->send("here you are");
    EXPECT_EQ(kept.receive_exactly(12), "here you are");
    stop();
}

TEST_F(iocp_timeout, HandlersOwnDeadlineEndsTheSession) {
    user.open = [](session& self) {
        self.set_deadline(milliseconds{100});
    };
    start();
    client visitor = connect();
    expect_timed_out(visitor);
}

TEST_F(iocp_timeout, HandlerMaySayWhyBeforeItCloses) {
    std::error_code reason = win32::make_error(ERROR_GEN_FAILURE);
    user.open = [](session& self) {
        self.set_deadline(milliseconds{100});
    };
    user.deadline = [](session& self) {
        self.send("too late");
        self.close();
    };
    user.close = [&](session&, std::error_code why) {
        reason = why;
    };
    start();
    client visitor = connect();
    EXPECT_EQ(visitor.receive_to_end(), "too late");
    visitor.close();
    wait_until_open(0);
    EXPECT_EQ(server->figures().timed_out, 1u);
    stop();
    EXPECT_EQ(reason, std::error_code{});
}

// What a handler's function does goes before a deadline that comes meanwhile.
TEST_F(iocp_timeout, DeadlineThatTheHandlerLiftsAfterItsTimeIsNotTold) {
    options.threads = 2;
    user.open = [](session& self) {
        self.set_deadline(milliseconds{100});
    };
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        client later = connect(); // its deadline is later than ours
        later.wait_until_closed();
        self.set_deadline(milliseconds{0});
        self.send(bytes);
    };
    start();
    client visitor = connect();
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().timed_out, 1u);
    stop();
}

TEST_F(iocp_timeout, HandlersOwnDeadlineCanBeMovedAndLifted) {
    user.open = [](session& self) {
        self.set_deadline(milliseconds{1'000});
    };
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        self.set_deadline(milliseconds{as_text(bytes) == "lift" ? 0 : 60'000});
        self.send(bytes);
    };
    start();
    client moved = connect();
    ASSERT_EQ(moved.exchange("move"), "move");
    client lifted = connect();
    ASSERT_EQ(lifted.exchange("lift"), "lift");
    client silent = connect(); // its deadline is later than theirs was
    expect_timed_out(silent);
    EXPECT_EQ(moved.exchange("still here"), "still here");
    EXPECT_EQ(lifted.exchange("still here"), "still here");
}

// Times that add up to more than the clock can hold would be over at once.
TEST_F(iocp_timeout, LongestTimesAreNotOver) {
    options.idle_timeout = options.first_bytes_timeout = iocp::longest_time;
    options.close_timeout = iocp::longest_time;
    user.open = [](session& self) {
        self.set_deadline(milliseconds::max());
    };
    start();
    std::vector<client> visitors = harness::connect_clients(server->port(), 4);
    for (unsigned turn = 0; turn < 20; ++turn)
        for (client& each : visitors)
            ASSERT_EQ(each.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().timed_out, 0u);
}

TEST_F(iocp_timeout, ClosingWaitsForTheClientOnlySoLong) {
    options.close_timeout = milliseconds{100};
    user.receive = [](session& self, std::span<const std::byte>) {
        self.close();
    };
    start();
    client stubborn = connect();
    stubborn.send("close, please");
    EXPECT_EQ(stubborn.receive_to_end(), ""); // and now it would be its turn to close
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
}

} // namespace
