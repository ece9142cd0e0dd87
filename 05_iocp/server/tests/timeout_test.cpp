// Timeouts. The times are short and real. A test waits for the effect of a timeout, and none relies
// on the time that has passed.
#include "scripted_server.hpp"

#include "win32/error.hpp"

#include <string>
#include <string_view>
#include <thread>
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
    // This client's deadline is later than the talker's.
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
    // The active client goes on sending until the time of each other one is over.
    while (user.closed < 50)
        ASSERT_EQ(active.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().timed_out, 50u);
    EXPECT_EQ(active.exchange("still here"), "still here");
}

TEST_F(iocp_timeout, ClientThatDoesNotReadIsIdle) {
    options.idle_timeout = milliseconds{300};
    options.min_send_rate = 1'000'000'000;
    user.open = [](session& self) {
        self.send(std::string(4'000'000, 'x'));
    };
    start();
    client deaf = connect();
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
}

// No other timeout is set, and only the client that stands still is reset.
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

// The slow client takes a little at a time, until the deaf one has been reset.
TEST_F(iocp_timeout, ClientThatTakesALittleAtATimeDoesNotStandStill) {
    constexpr std::size_t much = 48'000'000;
    options.stall_timeout = milliseconds{2'000};
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

// A client that reads a little now and then. For a while the server sees nothing of that, whether
// its send is pending or the system has taken all of it. The client is not reset before one that
// takes min_send_rate would have all bytes.
class iocp_slow_reader : public iocp_timeout {
protected:
    static constexpr unsigned rounds = 5;

    // Sends `size` bytes to a client that reads nothing until several later clients have been idle
    // for too long.
    void expect_patience(std::size_t size) {
        options.idle_timeout = milliseconds{100};
        options.min_send_rate = size / 1'000; // allows 1,000 s for all bytes
        const std::string answer = harness::make_message(size);
        user.receive = [&](session& self, std::span<const std::byte> bytes) {
            self.send(as_text(bytes) == "much" ? std::string_view{answer} : as_text(bytes));
        };
        start();
        client slow = connect();
        slow.send("much");
        for (unsigned round = 1; round <= rounds; ++round) {
            client idle = connect();
            expect_timed_out(idle, round);
        }
        EXPECT_TRUE(harness::same_bytes(answer, slow.receive_exactly(size)));
        stop();
    }
};

TEST_F(iocp_slow_reader, IsNotIdleWhileASendIsPending) {
    expect_patience(4'000'000);
}

TEST_F(iocp_slow_reader, IsNotIdleWhileTheSystemHasItsBytes) {
    expect_patience(50'000);
}

TEST_F(iocp_slow_reader, IsNotResetBeforeItHasHadTheLastAnswer) {
    options.close_timeout = milliseconds{100};
    options.min_send_rate = 50;
    const std::string answer = harness::make_message(50'000);
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "much")
            self.send(answer);
        self.close();
    };
    start();
    client slow = connect();
    slow.send("much");
    for (unsigned round = 1; round <= rounds; ++round) {
        client stubborn = connect(); // gets everything, and does not close
        stubborn.send("close");
        EXPECT_EQ(stubborn.receive_to_end(), "");
        harness::wait_until([&] { return user.closed == round; });
    }
    EXPECT_EQ(server->figures().timed_out, rounds);
    EXPECT_TRUE(harness::same_bytes(answer, slow.receive_to_end()));
    stop();
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
    // Clients that came later have timed out, so this one's time is over as well.
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

// A running call of the handler may still remove a deadline that passes meanwhile.
TEST_F(iocp_timeout, DeadlineThatTheHandlerLiftsAfterItsTimeIsNotTold) {
    options.threads = 2;
    user.open = [](session& self) {
        self.set_deadline(milliseconds{100});
    };
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        client later = connect(); // its deadline is later than this session's
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
    EXPECT_EQ(stubborn.receive_to_end(), ""); // now the client would have to close
    harness::wait_until([&] { return user.closed == 1; });
    EXPECT_EQ(server->figures().timed_out, 1u);
}

// During a stop, clients have the drain timeout to take their bytes and to leave, however short the
// other timeouts are.
TEST_F(iocp_timeout, OnlyTheDrainTimeoutCountsDuringAStop) {
    options.close_timeout = options.idle_timeout = milliseconds{100};
    options.min_send_rate = 0;
    scripted_handler of_other;
    iocp::server other{of_other, options}; // its timeouts show that the time is over
    of_other.receive = [](session& self, std::span<const std::byte>) {
        self.close();
    };

    options.idle_timeout = milliseconds{0};
    options.drain_timeout = std::chrono::minutes{10};
    std::string queued;
    occasion filled;
    user.receive = [&](session& self, std::span<const std::byte>) {
        queued = fill_queue(self);
        filled.happen();
    };
    start();
    client slow = connect();
    slow.send("fill it");
    client silent = connect();
    wait_until_open(2);
    ASSERT_TRUE(filled.wait());
    std::thread stopping{[&] {
        server->stop();
    }};
    EXPECT_EQ(silent.receive_to_end(),
              ""); // the stop has begun, and the client would have to leave
    for (unsigned round = 1; round <= 5; ++round) {
        client stubborn{other.port()};
        stubborn.send("close");
        EXPECT_EQ(stubborn.receive_to_end(), "");
        harness::wait_until([&] { return of_other.closed == round; });
    }
    EXPECT_EQ(user.closed, 0u);
    EXPECT_TRUE(harness::same_bytes(queued, slow.receive_to_end()));
    slow.close();
    silent.close();
    {
        const watchdog limit{"stop()"};
        stopping.join();
    }
    EXPECT_EQ(server->figures().timed_out, 0u);
    other.stop();
    stop();
}

} // namespace
