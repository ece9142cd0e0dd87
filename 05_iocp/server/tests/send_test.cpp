// The promises of send(): order, limits, and the calls of the handler about them.
#include "scripted_server.hpp"

#include "testing/latch.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::send_result;
using iocp::session;

class iocp_send : public scripted_server {
protected:
    // Starts the server, and shares its one session with the test's threads.
    client connect_shared() {
        user.open = [this](session& self) {
            shared = self.share();
            opened.happen();
        };
        start();
        client visitor = connect();
        EXPECT_TRUE(opened.wait());
        return visitor;
    }

    std::shared_ptr<session> shared;
    occasion opened;
};

struct stamped {
    unsigned sender;
    unsigned number;
    char filling[56];
};

TEST_F(iocp_send, MessagesOfManyThreadsStayWholeAndInOrder) {
    constexpr unsigned threads = 8;
    constexpr unsigned messages = 2'000;
    client visitor = connect_shared();
    std::vector<std::thread> senders;
    for (unsigned i = 0; i < threads; ++i)
        senders.emplace_back([&, i] {
            for (unsigned number = 0; number < messages; ++number) {
                stamped message{i, number, {}};
                std::memset(message.filling, static_cast<int>('a' + i), sizeof message.filling);
                EXPECT_EQ(shared->send(std::as_bytes(std::span{&message, 1})), send_result::queued);
            }
        });
    std::vector<unsigned> next(threads);
    for (unsigned count = 0; count < threads * messages; ++count) {
        const std::string bytes = visitor.receive_exactly(sizeof(stamped));
        stamped message;
        std::memcpy(&message, bytes.data(), sizeof message);
        ASSERT_LT(message.sender, threads);
        ASSERT_EQ(message.number, next[message.sender]++);
        for (const char each : message.filling)
            ASSERT_EQ(each, static_cast<char>('a' + message.sender));
    }
    for (std::thread& each : senders)
        each.join();
    stop();
}

TEST_F(iocp_send, FullQueueTakesNothingAndLosesNothing) {
    options.queue_limit = 500'000;
    std::atomic<int> congested{0};
    std::atomic<int> drained{0};
    user.congested = [&](session&) {
        EXPECT_EQ(congested, drained) << "in turns";
        ++congested;
    };
    user.drained = [&](session& self) {
        ++drained;
        EXPECT_EQ(congested, drained) << "in turns";
        EXPECT_LE(self.queued(), options.low_water_mark);
    };
    client visitor = connect_shared();
    const std::string sent = fill_queue(*shared);
    EXPECT_GT(shared->queued(), options.queue_limit - 50'000);
    EXPECT_LE(shared->queued(), options.queue_limit);
    EXPECT_EQ(server->figures().queued_bytes, shared->queued());

    EXPECT_TRUE(harness::same_bytes(sent, visitor.receive_exactly(sent.size())));
    harness::wait_until([&] { return drained != 0; });
    EXPECT_GE(drained, 1);
    EXPECT_EQ(congested, drained);
    EXPECT_EQ(visitor.exchange("and on it goes"), "and on it goes");
    stop();
}

TEST_F(iocp_send, MessageBeyondTheLimitIsNeverTaken) {
    options.queue_limit = options.high_water_mark = 1'000;
    options.low_water_mark = 100;
    client visitor = connect_shared();
    EXPECT_EQ(shared->send(std::string(1'001, 'x')), send_result::full);
    EXPECT_EQ(shared->send(std::string(1'000, 'x')), send_result::queued);
    EXPECT_EQ(visitor.receive_exactly(1'000), std::string(1'000, 'x'));
    stop();
}

// Buffers that are handed over go between messages that are copied, up to the same limit.
TEST_F(iocp_send, BuffersThatAreHandedOverKeepTheirPlaces) {
    constexpr std::size_t size = 10'000;
    iocp::buffer_pool pool{size, 2};
    std::string wanted;
    options.queue_limit = 100 * size;
    client visitor = connect_shared();
    const auto hand_over = [&](unsigned seed, std::size_t count) {
        const std::string content = harness::make_message(count, seed);
        iocp::buffer_pool::handle whole = pool.take();
        std::memcpy(whole->bytes().data(), content.data(), count);
        const send_result result = shared->send(std::move(whole), count);
        if (result == send_result::queued)
            wanted += content;
        return result;
    };
    for (unsigned seed = 1; seed <= 20; ++seed) {
        EXPECT_EQ(hand_over(seed, size - seed), send_result::queued);
        EXPECT_EQ(shared->send("in between"), send_result::queued);
        wanted += "in between";
    }
    EXPECT_TRUE(harness::same_bytes(wanted, visitor.receive_exactly(wanted.size())));
    wanted.clear();
    while (hand_over(1, size) == send_result::queued) {
    }
    EXPECT_LE(server->figures().queued_bytes, options.queue_limit);
    EXPECT_TRUE(harness::same_bytes(wanted, visitor.receive_exactly(wanted.size())));
    shared->close();
    EXPECT_EQ(hand_over(1, size), send_result::closed);
    visitor.close();
    stop();
    shared.reset();
}

// The handler goes on in on_drained() only, as a server of files does.
TEST_F(iocp_send, HandlerThatGoesOnWhenDrainedSendsAll) {
    const std::string content = harness::make_message(3'000'000);
    std::size_t sent = 0;
    const auto send_some = [&](session& self) {
        const std::string_view piece = std::string_view{content}.substr(sent, 100'000);
        sent += piece.size();
        if (piece.empty())
            self.close();
        else
            EXPECT_EQ(self.send(piece), send_result::queued);
    };
    user.receive = [&](session& self, std::span<const std::byte>) {
        send_some(self);
    };
    user.drained = send_some;
    start();
    client visitor = connect();
    visitor.send("go");
    EXPECT_TRUE(harness::same_bytes(content, visitor.receive_to_end()));
    visitor.close();
    wait_until_open(0);
    stop();
}

// One thread sends without end to a client that takes without end.
TEST_F(iocp_send, EndlessAnswerStarvesNobody) {
    options.threads = 1;
    options.high_water_mark = 1;
    options.low_water_mark = 0;
    const std::string piece = harness::make_message(10);
    std::atomic<bool> endless{true};
    std::atomic<unsigned> pieces{0};
    session* greedy_one = nullptr; // used by the one thread only
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        if (as_text(bytes) == "endless")
            greedy_one = &self;
        self.send(bytes);
    };
    user.drained = [&](session& self) {
        if (&self != greedy_one)
            return;
        ++pieces;
        if (endless)
            self.send(piece);
        else
            self.close();
    };
    start();
    client greedy = connect();
    std::thread reader{[&] {
        greedy.wait_until_closed();
    }};
    greedy.send("endless");
    client visitor = connect();
    for (unsigned turn = 0; turn < 50; ++turn)
        EXPECT_EQ(visitor.exchange("hello"), "hello");
    EXPECT_GT(pieces, 0u);
    EXPECT_LT(pieces, 100'000u) << "in one turn as many as the system's buffers take";
    endless = false;
    reader.join();
    greedy.close();
    stop();
}

TEST_F(iocp_send, NothingIsReceivedFromAClientThatDoesNotRead) {
    user.receive = [](session& self, std::span<const std::byte> bytes) {
        EXPECT_EQ(self.send(bytes), send_result::queued);
    };
    std::atomic<bool> waits = false;
    user.congested = [&](session&) {
        waits = true;
    };
    user.drained = [&](session&) {
        waits = false;
    };
    start();
    client bystander = connect();
    harness::flood deaf{server->port()};
    // The system may still take queued bytes, down to the low-water mark.
    std::uint64_t queued = 0;
    harness::wait_until([&] {
        deaf.run(bystander);
        queued = server->figures().queued_bytes;
        return waits && queued > options.low_water_mark;
    });
    EXPECT_TRUE(waits);
    // Allow one receive beyond the mark, and bytes to the bystander that are not counted as sent
    // yet.
    EXPECT_LE(queued, options.high_water_mark + 16 * 1024 + 64);
    EXPECT_TRUE(deaf.read_all());
    stop();
}

// Threads go on sending while the session is closed, aborted or reset.
TEST_F(iocp_send, SendingWhileTheSessionEndsIsHarmless) {
    start();
    for (int round = 0; round < 60; ++round) {
        std::shared_ptr<session> mine;
        std::mutex mutex;
        occasion ready;
        user.receive = [&](session& self, std::span<const std::byte>) {
            const std::lock_guard lock{mutex};
            mine = self.share();
            ready.happen();
        };
        client visitor = connect();
        visitor.send("go");
        ASSERT_TRUE(ready.wait());
        harness::latch under_way{2};
        std::vector<std::thread> senders;
        for (int i = 0; i < 2; ++i)
            senders.emplace_back([&] {
                for (int count = 0; mine->send("hello") != send_result::closed; ++count)
                    if (count == 10)
                        under_way.count_down();
            });
        under_way.wait();
        if (round % 3 == 0)
            mine->close();
        else if (round % 3 == 1)
            mine->abort();
        else
            visitor.reset();
        const watchdog limit{"the senders' end"};
        for (std::thread& each : senders)
            each.join();
        if (round % 3 != 2)
            visitor.close();
        wait_until_open(0);
        user.receive = [](session&, std::span<const std::byte>) {
        };
    }
}

// The number of times that the program has set TCP_NODELAY: so far, and before its last WSASend.
std::atomic<void*> system_setsockopt{nullptr};
std::atomic<void*> system_wsasend{nullptr};
std::atomic<unsigned> times_set{0};
std::atomic<unsigned> times_set_before_send{0};

int WSAAPI count_no_delay(SOCKET socket, int level, int option, const char* value, int size) {
    if (level == IPPROTO_TCP && option == TCP_NODELAY) {
        BOOL yes = FALSE;
        std::memcpy(&yes, value, sizeof yes);
        times_set += yes != FALSE ? 1 : 0;
    }
    return reinterpret_cast<decltype(&::setsockopt)>(system_setsockopt.load())(socket, level,
                                                                               option, value, size);
}

int WSAAPI note_send(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes, DWORD flags,
                     WSAOVERLAPPED* overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    times_set_before_send = times_set.load();
    return reinterpret_cast<decltype(&::WSASend)>(system_wsasend.load())(
        socket, buffers, count, bytes, flags, overlapped, routine);
}

class iocp_no_delay : public scripted_server {
protected:
    void serve() {
        times_set = 0;
        start();
        visitor.emplace(server->port());
    }

    // Leaves out the client, which sets it once when it connects, and sends with send().
    static unsigned set_before_last_send() { return times_set_before_send - 1; }

    std::array<trace::hook, 2> hooks{
        {{"setsockopt", L"ws2_32.dll", reinterpret_cast<void*>(&count_no_delay),
          &system_setsockopt},
         {"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&note_send), &system_wsasend}}};
    std::array<std::span<const trace::hook>, 1> groups{{hooks}};
    trace::import_patch patch{groups};
    std::optional<client> visitor;
};

TEST_F(iocp_no_delay, IsSetOnceBeforeTheSecondMessage) {
    serve();
    ASSERT_EQ(visitor->exchange("hello"), "hello");
    EXPECT_EQ(set_before_last_send(), 0u);
    for (unsigned turn = 0; turn < 3; ++turn) {
        ASSERT_EQ(visitor->exchange("hello"), "hello");
        EXPECT_EQ(set_before_last_send(), 1u);
    }
}

// Otherwise its last segment would wait until the others are acknowledged.
TEST_F(iocp_no_delay, IsSetBeforeAFirstMessageOfSeveralSegments) {
    user.receive = [](session& self, std::span<const std::byte>) {
        self.send(std::string(501, 'x'));
    };
    serve();
    visitor->send("go");
    EXPECT_EQ(visitor->receive_exactly(501).size(), 501u);
    EXPECT_EQ(set_before_last_send(), 1u);
}

TEST_F(iocp_no_delay, IsNotSetWhenTheOptionsSaySo) {
    options.no_delay = false;
    serve();
    for (unsigned turn = 0; turn < 3; ++turn)
        ASSERT_EQ(visitor->exchange("hello"), "hello");
    EXPECT_EQ(set_before_last_send(), 0u);
}

} // namespace
