// The calls of the handler, and their order.
#include "scripted_server.hpp"

#include "testing/latch.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

using iocp_session = scripted_server;

TEST_F(iocp_session, ClientsAddressIsKnownFromTheBeginning) {
    std::atomic<unsigned> port{0};
    std::atomic<unsigned long> address{0};
    user.open = [&](session& self) {
        port = win32::port_of(self.peer());
        address = self.peer().Ipv4.sin_addr.s_addr;
    };
    start();
    client visitor = connect();
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    EXPECT_EQ(port, win32::local_port(visitor.native()));
    EXPECT_EQ(address, ::htonl(INADDR_LOOPBACK));
    stop();
}

TEST_F(iocp_session, HandlerMaySpeakFirst) {
    user.open = [](session& self) {
        self.send("welcome");
    };
    start();
    EXPECT_EQ(connect().receive_exactly(7), "welcome");
}

TEST_F(iocp_session, WhatAHandlerSendsGoesOutTogether) {
    user.receive = [](session& self, std::span<const std::byte>) {
        for (int i = 0; i < 100; ++i)
            self.send("x");
    };
    start();
    client visitor = connect();
    visitor.send("go");
    EXPECT_EQ(visitor.receive_exactly(100), std::string(100, 'x'));
    EXPECT_LE(server->figures().inline_completions, 4u) << "a send for each of the hundred";
}

// Other threads pause and resume while the client sends without end. The scripted handler reports
// two calls at once.
TEST_F(iocp_session, NeverTwoCallsAtOnceForOneSession) {
    options.high_water_mark = 2'000;
    options.low_water_mark = 1'000;
    occasion opened;
    std::shared_ptr<session> shared;
    user.open = [&](session& self) {
        shared = self.share();
        opened.happen();
    };
    start();
    client visitor = connect();
    ASSERT_TRUE(opened.wait());
    const std::string message = harness::make_message(500'000);
    std::vector<std::thread> meddlers;
    for (int i = 0; i < 4; ++i)
        meddlers.emplace_back([&] {
            for (int turn = 0; turn < 500; ++turn) {
                shared->pause();
                EXPECT_LE(shared->queued(), options.queue_limit);
                shared->resume();
            }
        });
    EXPECT_TRUE(harness::same_bytes(message, visitor.exchange(message)));
    for (std::thread& each : meddlers)
        each.join();
    stop();
}

// Does the same with one event that surely comes during another call.
TEST_F(iocp_session, EventDuringACallWaitsForItsEnd) {
    options.threads = 2;
    std::shared_ptr<session> subject;
    occasion inside;
    occasion go_on;
    std::atomic<int> told{0};
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "block") {
            subject = self.share();
            inside.happen();
            EXPECT_TRUE(go_on.wait());
            EXPECT_EQ(told, 0);
        } else {
            self.send(bytes);
        }
    };
    user.congested = [&](session&) {
        ++told;
    };
    start();
    client visitor = connect();
    visitor.send("block");
    ASSERT_TRUE(inside.wait());
    // This is more than the system's buffers take. So one of the sends ends only when the client
    // reads, and brings the pool's other thread to this session.
    EXPECT_EQ(subject->send(std::string(4'000'000, 'x')), iocp::send_result::queued);
    EXPECT_EQ(visitor.receive_exactly(3'500'000).size(), 3'500'000u);
    client bystander = connect(); // gives the pool's other thread its chances
    for (unsigned i = 0; i < 20; ++i)
        EXPECT_EQ(bystander.exchange("hello"), "hello");
    EXPECT_EQ(told, 0);
    go_on.happen();
    EXPECT_EQ(visitor.receive_exactly(500'000).size(), 500'000u);
    harness::wait_until([&] { return told == 1; });
    EXPECT_EQ(told, 1);
    stop();
}

TEST_F(iocp_session, PausedReceivesNothingUntilResumed) {
    std::shared_ptr<session> subject; // the first client's session
    occasion paused;
    occasion all_received;
    std::mutex mutex;
    std::string received;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        const std::lock_guard lock{mutex};
        if (subject == nullptr)
            subject = self.share();
        if (&self != subject.get()) {
            self.send(bytes);
            return;
        }
        received += as_text(bytes);
        if (received == "first") {
            self.pause();
            paused.happen();
        }
        if (received == "firstsecond")
            all_received.happen();
    };
    start();
    client visitor = connect();
    visitor.send("first");
    ASSERT_TRUE(paused.wait());
    visitor.send("second");
    client bystander = connect(); // is served, so the server had its chances to read
    for (unsigned i = 0; i < 20; ++i)
        ASSERT_EQ(bystander.exchange("hello"), "hello");
    {
        const std::lock_guard lock{mutex};
        EXPECT_EQ(received, "first");
    }
    EXPECT_TRUE(subject->is_paused());
    subject->resume();
    EXPECT_FALSE(subject->is_paused());
    EXPECT_TRUE(all_received.wait());
    stop();
}

// The other thread resumes the session before the handler has returned. on_resumed() comes once,
// without any bytes from the client.
TEST_F(iocp_session, HandlerIsToldThatItIsResumed) {
    occasion told;
    std::atomic<int> times{0};
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "pause") {
            self.pause();
            std::thread{[&] {
                self.resume();
                self.resume();
            }}.join();
        }
        self.send(bytes);
    };
    user.resumed = [&](session& self) {
        EXPECT_FALSE(self.is_paused());
        ++times;
        told.happen();
    };
    start();
    client visitor = connect();
    ASSERT_EQ(visitor.exchange("pause"), "pause");
    EXPECT_TRUE(told.wait());
    ASSERT_EQ(visitor.exchange("and on it goes"), "and on it goes");
    EXPECT_EQ(times, 1);
    stop();
}

// The session is paused again before on_resumed() could come. So it comes after the last resume()
// only.
TEST_F(iocp_session, HandlerIsNotToldOfAResumeThatIsOver) {
    std::shared_ptr<session> subject;
    std::atomic<int> times{0};
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "pause") {
            subject = self.share();
            self.pause();
            self.resume();
            self.pause();
        } else {
            EXPECT_EQ(times, 1);
        }
        self.send(bytes);
    };
    user.resumed = [&](session&) {
        ++times;
    };
    start();
    client visitor = connect();
    ASSERT_EQ(visitor.exchange("pause"), "pause");
    EXPECT_TRUE(subject->is_paused());
    EXPECT_EQ(times, 0);
    subject->resume();
    ASSERT_EQ(visitor.exchange("and on it goes"), "and on it goes");
    stop();
}

// The eager client's second message arrives before the patient one's first is received. Yet the
// patient client has waited longer.
TEST_F(iocp_session, LinesUpBehindThoseThatWaitBeforeItReceivesAgain) {
    options.threads = 1;
    std::shared_ptr<session> waiting; // the second client's session
    occasion waiting_is_paused;
    occasion inside;
    occasion second_is_sent;
    occasion all_received;
    std::vector<std::string> received;
    user.open = [&](session& self) {
        if (user.opened == 2) {
            self.pause();
            waiting = self.share();
            waiting_is_paused.happen();
        }
    };
    user.receive = [&](session&, std::span<const std::byte> bytes) {
        received.emplace_back(as_text(bytes));
        if (received.back() == "first") {
            waiting->resume(); // that session waits for this thread now
            inside.happen();
            EXPECT_TRUE(second_is_sent.wait());
        }
        if (received.size() == 3)
            all_received.happen();
    };
    start();
    client eager = connect();
    wait_until_open(1);
    client patient = connect();
    ASSERT_TRUE(waiting_is_paused.wait());
    patient.send("patient");
    eager.send("first");
    ASSERT_TRUE(inside.wait());
    eager.send("second");
    second_is_sent.happen();
    ASSERT_TRUE(all_received.wait());
    EXPECT_EQ(received, (std::vector<std::string>{"first", "patient", "second"}));
    waiting.reset();
    stop();
}

TEST_F(iocp_session, ExceptionEndsItsSessionAndNoOther) {
    std::atomic<int> code{0};
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "bad")
            throw std::runtime_error{"as the test wants it"};
        self.send(bytes);
    };
    user.close = [&](session&, std::error_code why) {
        if (why.value() == ERROR_INTERNAL_ERROR)
            ++code;
    };
    start();
    client good = connect();
    for (unsigned i = 1; i <= 10; ++i) {
        client bad = connect();
        bad.send("bad");
        bad.wait_until_closed();
        EXPECT_EQ(good.exchange("good"), "good");
    }
    wait_until_open(1);
    EXPECT_EQ(code, 10);
    EXPECT_EQ(server->figures().handler_faults, 10u);
    stop();
}

TEST_F(iocp_session, AnswerAfterTheClientsEndStillArrives) {
    std::string received;
    user.receive = [&](session&, std::span<const std::byte> bytes) {
        received += as_text(bytes);
    };
    user.end = [&](session& self) {
        self.send("you said " + received);
        self.close();
    };
    start();
    client visitor = connect();
    visitor.send("this");
    visitor.half_close();
    EXPECT_EQ(visitor.receive_to_end(), "you said this");
    stop();
}

// The server closes while the client is still sending and reads slowly. If the connection were
// closed at once, late bytes would be answered with a reset, which would drop the answer that is on
// its way.
TEST_F(iocp_session, LastAnswerArrivesThoughTheClientGoesOnSending) {
    const std::string answer = harness::make_message(1'000'000);
    user.receive = [&](session& self, std::span<const std::byte>) {
        self.send(answer);
        self.close();
    };
    start();
    client visitor = connect();
    visitor.send("go");
    std::string received;
    while (received.size() < answer.size()) {
        visitor.send("and another thing");
        received +=
            visitor.receive_exactly(std::min<std::size_t>(10'000, answer.size() - received.size()));
    }
    EXPECT_TRUE(harness::same_bytes(answer, received));
    visitor.half_close();
    EXPECT_EQ(visitor.receive_to_end(), "");
    wait_until_open(0);
    stop();
}

TEST_F(iocp_session, OrderlyEndHasNoError) {
    occasion closed;
    std::error_code reason = win32::make_error(ERROR_GEN_FAILURE);
    user.close = [&](session&, std::error_code why) {
        reason = why;
        closed.happen();
    };
    start();
    client visitor = connect();
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    visitor.half_close();
    EXPECT_EQ(visitor.receive_to_end(), "");
    ASSERT_TRUE(closed.wait());
    EXPECT_FALSE(reason);
    stop();
}

TEST_F(iocp_session, AbortResetsAndDropsWhatIsQueued) {
    occasion closed;
    std::error_code reason;
    user.receive = [](session& self, std::span<const std::byte>) {
        self.send(harness::make_message(1'000'000));
        self.abort();
        EXPECT_EQ(self.send("too late"), iocp::send_result::closed);
    };
    user.close = [&](session&, std::error_code why) {
        reason = why;
        closed.happen();
    };
    start();
    client visitor = connect();
    visitor.send("go");
    ASSERT_TRUE(closed.wait());
    EXPECT_EQ(reason, win32::make_error(ERROR_OPERATION_ABORTED));
    visitor.wait_until_closed();
    stop();
}

TEST_F(iocp_session, ShareOutlivesTheConnectionAndTheServer) {
    std::shared_ptr<session> shared;
    user.open = [&](session& self) {
        shared = self.share();
    };
    start();
    client visitor = connect();
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    stop();
    EXPECT_EQ(shared->send("too late"), iocp::send_result::closed);
    EXPECT_EQ(shared->queued(), 0u);
    shared->pause();
    shared->resume();
    shared->close();
    shared->abort();
}

TEST_F(iocp_session, BlockedHandlerHoldsUpNobodyElse) {
    options.threads = 2;
    occasion blocked;
    occasion go_on;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "block") {
            blocked.happen();
            EXPECT_TRUE(go_on.wait());
        }
        self.send(bytes);
    };
    start();
    std::vector<client> others = harness::connect_clients(server->port(), 30);
    client slow = connect();
    slow.send("block");
    ASSERT_TRUE(blocked.wait());
    for (unsigned turn = 0; turn < 10; ++turn)
        for (client& each : others)
            ASSERT_EQ(each.exchange("hello"), "hello");
    go_on.happen();
    EXPECT_EQ(slow.receive_exactly(5), "block");
    stop();
}

TEST_F(iocp_session, FiguresAreWhatHasHappened) {
    start();
    {
        client one = connect();
        client two = connect();
        EXPECT_EQ(one.exchange(std::string(1'000, 'x')), std::string(1'000, 'x'));
        EXPECT_EQ(two.exchange("hello"), "hello");
        wait_until_open(2);
        two.reset();
        wait_until_open(1);
    }
    wait_until_open(0);
    const iocp::statistics figures = server->figures();
    EXPECT_EQ(figures.accepted, 2u);
    EXPECT_EQ(figures.bytes_received, 1'005u);
    EXPECT_EQ(figures.bytes_sent, 1'005u);
    EXPECT_EQ(figures.refused, 0u);
    EXPECT_EQ(figures.timed_out, 0u);
    EXPECT_GE(figures.packets, 2u) << "an accept always comes as a packet";
    EXPECT_GE(figures.packets, figures.wakeups);
    EXPECT_GE(figures.wakeups, 1u);
    EXPECT_GE(figures.inline_completions, 2u) << "a small send is done at once";
    EXPECT_NE(iocp::to_text(figures).find("bytes received"), std::string::npos);
}

} // namespace
