// stop() from anywhere, with anything under way.
#include "scripted_server.hpp"

#include "testing/latch.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/run_at_once.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

using iocp_stop = scripted_server;

TEST_F(iocp_stop, WithAThousandClientsInEveryState) {
    constexpr std::size_t outside = 50; // the clients that wait in the backlog
    options.max_connections = 1'000 - outside;
    options.close_timeout = milliseconds{60'000};
    std::mutex mutex;
    std::vector<std::shared_ptr<session>> paused;
    std::atomic<unsigned> ready{0};
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        const std::string_view what = as_text(bytes);
        if (what == "queue")
            self.send(std::string(3'000'000, 'x')); // more than the system's buffers take
        else if (what == "pause")
            self.pause();
        else if (what == "close")
            self.close();
        else
            self.send(bytes);
        const std::lock_guard lock{mutex};
        if (what == "pause")
            paused.push_back(self.share());
        ++ready;
    };
    user.end = [&](session&) {
        ++ready;
    }; // and leaves it open
    start();
    std::vector<client> clients = harness::connect_clients(server->port(), 1'000);
    constexpr std::size_t kinds = 6;
    constexpr std::size_t queueing = 3;
    unsigned expected = 0;
    std::size_t queued = 0;
    for (std::size_t i = 0; i < clients.size() - outside; ++i) {
        switch (i % kinds) {
        case 0: // silent
            continue;
        case 1:
            clients[i].send("echo");
            break;
        case 2:
            clients[i].half_close();
            break;
        case queueing:
            if (++queued > 20) // a few are enough, since they take memory
                continue;
            clients[i].send("queue");
            break;
        case 4:
            clients[i].send("pause");
            break;
        default:
            clients[i].send("close");
            break;
        }
        ++expected;
    }
    harness::wait_until([&] { return ready == expected; });
    ASSERT_EQ(ready, expected);
    EXPECT_GT(server->figures().queued_bytes, 0u);
    stop();
    for (client& each : clients)
        each.wait_until_closed();
    EXPECT_EQ(user.closed, 1'000u - outside);
}

TEST_F(iocp_stop, LetsClientsTakeWhatIsQueuedForThem) {
    options.drain_timeout = milliseconds{20'000}; // long enough for the client to take all
    const std::string answer = harness::make_message(3'000'000);
    occasion queued;
    user.receive = [&](session& self, std::span<const std::byte>) {
        EXPECT_EQ(self.send(std::as_bytes(std::span{answer})), iocp::send_result::queued);
        queued.happen();
    };
    start();
    client visitor = connect();
    visitor.send("go");
    ASSERT_TRUE(queued.wait());
    std::thread stopper{[&] {
        server->stop();
    }};
    // During the stop the answer arrives whole, and the end after it.
    EXPECT_TRUE(harness::same_bytes(answer, visitor.receive_to_end()));
    visitor.close();
    {
        const watchdog limit{"stop()"};
        stopper.join();
    }
    stop();
}

TEST_F(iocp_stop, FromInsideEveryCallOfTheHandler) {
    for (const std::string_view where : {"open", "receive", "end", "close"}) {
        scripted_handler inside;
        std::atomic<iocp::server*> running{nullptr};
        const auto stop_in = [&](std::string_view here) {
            if (here == where)
                running.load()->stop();
        };
        inside.open = [&](session&) {
            stop_in("open");
        };
        inside.receive = [&](session&, std::span<const std::byte>) {
            stop_in("receive");
        };
        inside.end = [&](session& self) {
            stop_in("end");
            self.close();
        };
        inside.close = [&](session&, std::error_code) {
            stop_in("close");
        };
        iocp::server own{inside, options};
        running = &own;
        client silent;
        if (where != "open") // in that case the first client stops the server
            silent.connect(own.port());
        client visitor{own.port()};
        if (where != "open") {
            visitor.send("hello");
            if (where != "receive")
                visitor.half_close();
        }
        {
            const watchdog limit{"the end of a connection"};
            visitor.wait_until_closed();
            if (where != "open")
                silent.wait_until_closed();
        }
        const watchdog limit{"stop()"};
        own.stop();
        EXPECT_EQ(inside.closed, inside.opened) << where;
    }
}

TEST_F(iocp_stop, FromManyThreadsAtOnce) {
    start();
    std::vector<client> clients = harness::connect_clients(server->port(), 20);
    const std::uint16_t port = server->port();
    harness::latch together{8};
    const watchdog limit{"stop()"};
    harness::run_at_once(8, [&](unsigned) {
        together.arrive_and_wait();
        server->stop();
        EXPECT_TRUE(harness::listeners_on(port).empty()) << "it has returned too early";
    });
}

TEST_F(iocp_stop, WhileSessionsOpenAndClose) {
    for (int round = 0; round < 10; ++round) {
        start();
        const std::uint16_t port = server->port();
        harness::latch under_way{4};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                bool first = true;
                try {
                    for (;;) {
                        client visitor{port};
                        static_cast<void>(visitor.exchange("hello"));
                        if (i % 2 == 0)
                            visitor.reset();
                        if (std::exchange(first, false))
                            under_way.count_down();
                    }
                } catch (const std::exception& error) { // the server has stopped
                    if (first) {
                        ADD_FAILURE() << error.what();
                        under_way.count_down();
                    }
                }
            });
        under_way.wait();
        stop();
        user.opened = user.closed = 0;
        const watchdog limit{"the clients' end"};
        for (std::thread& each : threads)
            each.join();
    }
}

TEST_F(iocp_stop, GivesEverythingBack) {
    { // opens the handles that are opened at their first use and kept
        start();
        ASSERT_EQ(connect().exchange("hello"), "hello");
        stop();
        user.opened = user.closed = 0;
    }
    const harness::process_usage before = harness::measure_process();
    start();
    std::vector<client> clients = harness::connect_clients(server->port(), 100);
    for (client& each : clients)
        ASSERT_EQ(each.exchange("hello"), "hello");
    clients.clear();
    stop();
    const harness::process_usage after = harness::wait_for_usage_within(before, 2);
    EXPECT_TRUE(harness::is_within(after, before, 2)) << "from " << before << " to " << after;
}

TEST_F(iocp_stop, OptionsThatContradictEachOtherAreRefused) {
    const auto refused = [this](auto change) {
        iocp::server_options bad;
        change(bad);
        EXPECT_THROW((iocp::server{user, bad}), std::invalid_argument);
    };
    refused([](iocp::server_options& bad) { bad.max_connections = 0; });
    refused([](iocp::server_options& bad) { bad.pending_accepts = 0; });
    refused([](iocp::server_options& bad) { bad.low_water_mark = bad.high_water_mark + 1; });
    refused([](iocp::server_options& bad) { bad.queue_limit = bad.high_water_mark - 1; });
    refused([](iocp::server_options& bad) { bad.idle_timeout = milliseconds{-1}; });
    refused([](iocp::server_options& bad) { bad.close_timeout = milliseconds::max(); });
}

TEST_F(iocp_stop, TakenPortLeavesNothingBehind) {
    start();
    options.port = server->port();
    const harness::process_usage before = harness::measure_process();
    for (int i = 0; i < 20; ++i)
        EXPECT_THROW((iocp::server{user, options}), std::system_error);
    const harness::process_usage after = harness::measure_process();
    EXPECT_LE(after.threads, before.threads);
    EXPECT_LE(after.sockets, before.sockets);
    EXPECT_LT(after.handles, before.handles + 20);
}

} // namespace
