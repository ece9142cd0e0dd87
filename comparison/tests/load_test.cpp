#include "load/load.hpp"
#include "tiny_server.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace comparison;
using comparison::tests::receive_all;
using comparison::tests::send_all;
using comparison::tests::tiny_server;
using namespace std::chrono_literals;

// Gives `edit` every message of 64 bytes before it sends it back. `edit` answers false to close the
// connection instead.
template <class Edit>
void echo(SOCKET socket, const Edit& edit) {
    std::vector<char> message(64);
    while (receive_all(socket, message)) {
        std::string reply{message.begin(), message.end()};
        if (!edit(reply) || !send_all(socket, reply))
            return;
    }
}

void echo_all(SOCKET socket, unsigned) {
    echo(socket, [](std::string&) { return true; });
}

load_options load_of(const tiny_server& server, unsigned connections) {
    load_options options;
    options.port = server.port();
    options.connections = connections;
    options.duration = 50ms;
    return options;
}

server_watch no_watch() {
    return {[] { return process_size{}; },
            [] {
                return std::optional<process_work>{};
            }};
}

// Calls `then` when the measured time is over, and what was sent in it is back or was waited for in
// vain: so often was the server looked at before.
server_watch when_measured(std::function<void()> then) {
    server_watch watch = no_watch();
    watch.size = [then = std::move(then), looks = 0]() mutable {
        if (++looks == 3) // at rest, connected, loaded
            then();
        return process_size{};
    };
    return watch;
}

std::string failure_of(const load_options& options) {
    try {
        static_cast<void>(run_load(options));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

// For a server that goes wrong at some message: the load goes on until then.
std::string failure_of(const tiny_server& server, unsigned connections) {
    load_options options = load_of(server, connections);
    options.duration = 1h;
    return failure_of(options);
}

TEST(load, CountsWhatItMeasures) {
    std::atomic<std::uint64_t> echoed{0};
    const tiny_server server{[&](SOCKET socket, unsigned) {
        echo(socket, [&](std::string&) {
            ++echoed;
            return true;
        });
    }};
    const load_report report = run_load(load_of(server, 8));
    EXPECT_GT(report.measured.replies, 0u);
    EXPECT_GE(report.measured.time, 50ms);
    EXPECT_GT(report.measured.waited, 0ns);
    EXPECT_LT(report.measured.waited, report.measured.time);
    EXPECT_GT(report.measured.p50, 0ns);
    EXPECT_LE(report.measured.p50, report.measured.p99);
    EXPECT_LE(report.measured.fewest, report.measured.replies / 8);
    EXPECT_EQ(report.echoes, echoed);
    // Beside those that count: two for each connection before, at least.
    EXPECT_GE(echoed, report.measured.replies + 16);
    EXPECT_FALSE(report.alone);
    EXPECT_FALSE(report.idle);
    EXPECT_EQ(report.limit, "");
}

TEST(load, LeavesNoPortBehind) {
    // A side that closes in order keeps its port for a while; one that resets does not.
    std::atomic<unsigned> resets{0};
    {
        const tiny_server server{[&](SOCKET socket, unsigned) {
            std::vector<char> bytes(64);
            int size = 0;
            while ((size = ::recv(socket, bytes.data(), 64, 0)) > 0)
                static_cast<void>(send_all(socket, {bytes.data(), static_cast<std::size_t>(size)}));
            // After an orderly end one more send would be taken. (A recv that begins after a reset
            // may read 0 under Wine.)
            if (::send(socket, "x", 1, 0) == SOCKET_ERROR)
                ++resets;
        }};
        load_options options = load_of(server, 3);
        options.silent = 2;
        EXPECT_EQ(run_load(options).silent, 2u);
    }
    EXPECT_EQ(resets, 5u);
}

TEST(load, CountsRequestsInsteadOfTime) {
    const tiny_server server{echo_all};
    load_options options = load_of(server, 3);
    options.duration = 1h;
    options.requests = 500;
    EXPECT_EQ(run_load(options).measured.replies, 500u);
}

TEST(load, GoesOnUntilEnoughRepliesHaveCome) {
    const tiny_server server{echo_all};
    load_options options = load_of(server, 3);
    options.duration = 1ms;
    options.fewest_replies = 700;
    options.longest = 1h;
    EXPECT_EQ(run_load(options).measured.replies, 700u);

    options.duration = 50ms;
    options.fewest_replies = 1;
    const load_report report = run_load(options);
    EXPECT_GE(report.measured.time, 50ms) << "enough replies do not end it early";
    EXPECT_GT(report.measured.replies, 1u);
}

TEST(load, WaitsForEnoughRepliesNoLongerThanItMay) {
    const tiny_server server{echo_all};
    load_options options = load_of(server, 3);
    options.duration = 1ms;
    options.fewest_replies = 1'000'000'000;
    options.longest = 60ms;
    const load_report report = run_load(options);
    EXPECT_GE(report.measured.time, 60ms);
    EXPECT_LT(report.measured.replies, options.fewest_replies);
}

TEST(load, CountsBytesOfMessagesThatAreNotWholeYet) {
    // Of the third reply on the second connection half comes in the measured time. That begins when
    // each connection has sent its third message, and ends 1000 replies later.
    std::atomic<int> first_count{0};
    std::atomic<bool> half_is_sent{false};
    const auto wait_for_first = [&](int wanted) {
        for (int count = first_count; count < wanted; count = first_count)
            first_count.wait(count);
    };
    const tiny_server server{[&](SOCKET socket, unsigned number) {
        int count = 0;
        echo(socket, [&](std::string& reply) {
            ++count;
            if (number == 0) {
                first_count = count;
                first_count.notify_all();
                if (count == 500)
                    half_is_sent.wait(false);
            } else if (count == 3) {
                wait_for_first(3);
                static_cast<void>(send_all(socket, reply.substr(0, 32)));
                reply.erase(0, 32);
                half_is_sent = true;
                half_is_sent.notify_all();
                wait_for_first(2000);
            }
            return true;
        });
    }};
    load_options options = load_of(server, 2);
    options.requests = 1000;
    const load_report report = run_load(options);
    EXPECT_EQ(report.measured.replies, 1000u);
    EXPECT_EQ(report.measured.bytes, 1000u * 64u + 32u);
}

TEST(load, PutsAReplyInPiecesTogether) {
    const tiny_server server{[](SOCKET socket, unsigned) {
        echo(socket, [socket](std::string& reply) {
            for (const char byte : reply)
                if (!send_all(socket, {&byte, 1}))
                    return false;
            reply.clear();
            return true;
        });
    }};
    EXPECT_GT(run_load(load_of(server, 2)).measured.replies, 0u);
}

TEST(load, ReportsAWrongByte) {
    // The last byte of the third reply on one connection of four.
    const tiny_server server{[](SOCKET socket, unsigned number) {
        int count = 0;
        echo(socket, [&](std::string& reply) {
            if (number == 2 && ++count == 3)
                reply.back() = static_cast<char>(reply.back() ^ 1);
            return true;
        });
    }};
    EXPECT_EQ(failure_of(server, 4),
              "connection 3: wrong byte: byte 63 of reply 3 is not what was sent");
}

TEST(load, ReportsAReplyThatBelongsToAnEarlierMessage) {
    const tiny_server server{[](SOCKET socket, unsigned) {
        std::string first;
        echo(socket, [&](std::string& reply) {
            if (first.empty())
                first = reply;
            reply = first;
            return true;
        });
    }};
    EXPECT_NE(failure_of(server, 1).find("wrong byte"), std::string::npos);
}

TEST(load, ReportsMoreBytesThanItSent) {
    const tiny_server server{[](SOCKET socket, unsigned) {
        echo(socket, [](std::string& reply) {
            reply += '!';
            return true;
        });
    }};
    EXPECT_NE(failure_of(server, 1).find("wrong byte"), std::string::npos);
}

TEST(load, ReportsAConnectionThatTheServerCloses) {
    const tiny_server server{[](SOCKET socket, unsigned) {
        int count = 0;
        echo(socket, [&](std::string&) { return ++count < 3; });
    }};
    EXPECT_EQ(failure_of(server, 1), "connection 1: the server closed the connection");
}

TEST(load, ReportsConnectionsThatAreNotServed) {
    const tiny_server server{[](SOCKET socket, unsigned number) {
        echo(socket, [&](std::string& reply) {
            if (number > 0)
                reply.clear(); // it receives and does not answer
            return true;
        });
    }};
    load_options options = load_of(server, 3);
    options.patience = 3s;
    EXPECT_EQ(failure_of(options), "only 1 of 3 connections were served in the warm-up");
}

TEST(load, ReportsAServerThatFallsSilent) {
    const tiny_server server{[](SOCKET socket, unsigned) {
        int count = 0;
        echo(socket, [&](std::string& reply) {
            if (++count > 1)
                reply.clear();
            return true;
        });
    }};
    load_options options = load_of(server, 2);
    options.patience = 3s;
    EXPECT_EQ(failure_of(options), "replies ceased to come");
}

TEST(load, SeesThatAConnectionStarves) {
    // The second of two connections is served in the warm-up, and then no more until the measured
    // time is over. The other one does not wait for it.
    std::atomic<bool> measured{false};
    const tiny_server server{[&](SOCKET socket, unsigned number) {
        int count = 0;
        echo(socket, [&](std::string&) {
            if (number == 1 && ++count == 2)
                measured.wait(false);
            return true;
        });
    }};
    load_options options = load_of(server, 2);
    options.patience = 1s;
    const load_report report = run_load(options, when_measured([&] {
                                            measured = true;
                                            measured.notify_all();
                                        }));
    EXPECT_EQ(report.measured.fewest, 0u);
    EXPECT_GT(report.measured.replies, 0u);
}

TEST(load, TimesAMessageThatIsStillUnderWayAtTheEnd) {
    // The third message on the second connection is sent when the measured time begins, and waits
    // until that is over. Of so few messages the slowest is the p99.
    std::atomic<int> first_count{0};
    const tiny_server server{[&](SOCKET socket, unsigned number) {
        int count = 0;
        echo(socket, [&](std::string&) {
            ++count;
            if (number == 0) {
                ++first_count;
                first_count.notify_all();
            } else if (count == 3) {
                const int wanted = first_count + 100;
                for (int now = first_count; now < wanted; now = first_count)
                    first_count.wait(now);
            }
            return true;
        });
    }};
    load_options options = load_of(server, 2);
    options.requests = 20;
    const load_report report = run_load(options);
    EXPECT_EQ(report.measured.replies, 20u);
    EXPECT_EQ(report.measured.fewest, 0u);
    EXPECT_GE(report.measured.timed, 20u);
    // The histogram is off by half a percent at most.
    EXPECT_GE(report.measured.p99 * 1.01, report.measured.time);
    EXPECT_LT(report.measured.p50, report.measured.time);
}

TEST(load, SaysThatNobodyListens) {
    const win32::unique_socket holder = harness::bind_without_listening();
    load_options options;
    options.port = win32::local_port(holder.get());
    const std::string failure = failure_of(options);
    EXPECT_EQ(failure.rfind("connection 1: could not connect: connect \"127.0.0.1:", 0), 0u)
        << failure;
    EXPECT_NE(failure.find("(error 10061)"), std::string::npos) << failure;
}

TEST(load, LooksAtTheServerInEveryState) {
    std::atomic<unsigned> open{0};
    std::atomic<std::uint64_t> echoed{0};
    const tiny_server server{[&](SOCKET socket, unsigned) {
        ++open;
        echo(socket, [&](std::string&) {
            ++echoed;
            return true;
        });
        --open;
    }};
    load_options options = load_of(server, 5);
    std::vector<std::uint64_t> echoed_at_work;
    const server_watch watch{[&] {
                                 return process_size{open, 4096};
                             },
                             [&] {
                                 echoed_at_work.push_back(echoed);
                                 process_work work;
                                 work.processor_time = echoed.load() * 2us;
                                 work.context_switches = echoed * 3;
                                 return std::optional{work};
                             }};
    const load_report report = run_load(options, watch);
    EXPECT_EQ(report.idle.value().threads, 0u);
    EXPECT_EQ(report.connected.value().threads, 5u);
    EXPECT_EQ(report.loaded.value().threads, 5u);
    EXPECT_EQ(report.loaded.value().resident, 4096u);
    EXPECT_FALSE(report.with_silent);
    // At both looks the server was at rest, so the replies between them are told exactly.
    ASSERT_EQ(echoed_at_work.size(), 2u);
    EXPECT_EQ(echoed_at_work[0], 5u);
    EXPECT_EQ(echoed_at_work[1], report.echoes);
    const load_work work = report.work.value();
    EXPECT_EQ(work.replies, report.echoes - 5);
    EXPECT_EQ(work.bytes, 64 * work.replies);
    EXPECT_EQ(work.processor_time, work.replies * 2us);
    EXPECT_EQ(work.context_switches, work.replies * 3);
}

TEST(load, KnowsNoWorkWhenAThreadHasTakenItAlong) {
    const tiny_server server{echo_all};
    server_watch watch = no_watch();
    unsigned thread = 1;
    watch.work = [&] {
        return std::optional{process_work{{thread++}, 1us, 1}};
    };
    EXPECT_FALSE(run_load(load_of(server, 2), watch).work);
}

TEST(load, HandsOnWhatTheWatchThrows) {
    const tiny_server server{echo_all};
    try {
        static_cast<void>(run_load(load_of(server, 4),
                                   when_measured([] { throw std::runtime_error("no look"); })));
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "no look");
    }
}

TEST(load, KeepsSilentClientsThatWereServedOnce) {
    std::atomic<unsigned> open{0};
    std::atomic<unsigned> served_once{0};
    {
        const tiny_server server{[&](SOCKET socket, unsigned) {
            ++open;
            int count = 0;
            echo(socket, [&](std::string&) {
                ++count;
                return true;
            });
            if (count == 1)
                ++served_once;
            --open;
        }};
        load_options options = load_of(server, 2);
        options.silent = 100; // more than may be connected and not served at any time
        server_watch watch = no_watch();
        watch.size = [&] {
            return process_size{open, 0};
        };
        const load_report report = run_load(options, watch);
        EXPECT_EQ(report.silent, 100u);
        EXPECT_GT(report.silent_time, 0ns);
        EXPECT_EQ(report.limit, "");
        EXPECT_EQ(report.connected.value().threads, 2u);
        EXPECT_EQ(report.with_silent.value().threads, 102u);
        EXPECT_EQ(report.loaded.value().threads, 102u);
        EXPECT_GT(report.measured.replies, 0u);
    }
    EXPECT_EQ(served_once, 100u);
}

// Serves the first connections, and does `otherwise` with the others.
template <class Otherwise>
tiny_server::serve_function up_to(unsigned count, Otherwise otherwise) {
    return [=](SOCKET socket, unsigned number) {
        if (number < count)
            echo_all(socket, number);
        else
            otherwise(socket);
    };
}

load_report with_ten_silent(const tiny_server& server) {
    load_options options = load_of(server, 2);
    options.silent = 10;
    options.silent_patience = 3s;
    return run_load(options);
}

TEST(load, StopsAtTheSilentClientThatIsTurnedAway) {
    const tiny_server server{up_to(9, [](SOCKET socket) {
        std::vector<char> message(64);
        if (receive_all(socket, message)) // else the words may be lost
            static_cast<void>(send_all(socket, "full, goodbye\n"));
    })};
    const load_report report = with_ten_silent(server);
    EXPECT_EQ(report.silent, 7u);
    EXPECT_EQ(report.limit, "stopped at 7 of 10 silent clients: the server closed the connection, "
                            "saying \"full, goodbye\"");
    EXPECT_GT(report.measured.replies, 0u) << "it goes on with those it has";
}

TEST(load, StopsAtTheSilentClientThatWaitsInVain) {
    const tiny_server server{up_to(5, [](SOCKET socket) {
        std::vector<char> message(65);
        static_cast<void>(receive_all(socket, message)); // until the client goes
    })};
    const load_report report = with_ten_silent(server);
    EXPECT_EQ(report.silent, 3u);
    EXPECT_EQ(report.limit,
              "stopped at 3 of 10 silent clients: the server left the next one waiting");
    EXPECT_GT(report.measured.replies, 0u);
}

// Echoes bytes as they come, like the servers that are measured.
void echo_bytes(SOCKET socket) {
    std::vector<char> bytes(4096);
    for (;;) {
        const int size = ::recv(socket, bytes.data(), static_cast<int>(bytes.size()), 0);
        if (size <= 0 || !send_all(socket, {bytes.data(), static_cast<std::size_t>(size)}))
            return;
    }
}

TEST(load, HasSlowClientsInItsSecondMeasuredTime) {
    std::atomic<unsigned> open{0};
    const tiny_server server{[&](SOCKET socket, unsigned) {
        ++open;
        echo_bytes(socket);
        --open;
    }};
    load_options options = load_of(server, 3);
    options.slow_clients = true;
    server_watch watch = no_watch();
    watch.size = [&] {
        return process_size{open, 0};
    };
    const load_report report = run_load(options, watch);
    EXPECT_GT(report.alone.value().replies, 0u);
    EXPECT_GT(report.measured.replies, 0u);
    EXPECT_EQ(report.connected.value().threads, 3u);
    EXPECT_EQ(report.loaded.value().threads, 5u);
    // It was not read from; so the server could not get rid of its echo, and took no more.
    EXPECT_GT(report.unread_bytes, 64u * 1024u);
    EXPECT_GT(report.echoes, report.alone.value().replies + report.measured.replies);
    EXPECT_EQ(report.limit, "");
}

TEST(load, SaysThatASlowClientWasClosed) {
    const tiny_server server{[&](SOCKET socket, unsigned number) {
        if (number != 3) // the one that never reads
            echo_bytes(socket);
    }};
    load_options options = load_of(server, 3);
    options.slow_clients = true;
    const load_report report = run_load(options);
    EXPECT_EQ(report.limit.rfind("the client that never reads: ", 0), 0u) << report.limit;
    EXPECT_GT(report.measured.replies, 0u);
}

TEST(load, SaysThatSlowClientsHoldTheOthersUp) {
    // One thread for all, which waits for whoever does not read.
    std::atomic<bool> held_up{false};
    const tiny_server server{[&](SOCKET socket, unsigned number) {
        if (number == 2) {
            held_up = true;
            std::vector<char> bytes(64 * 1024);
            while (receive_all(socket, bytes))
                continue;
        }
        echo(socket, [&](std::string& reply) {
            if (held_up)
                reply.clear();
            return true;
        });
    }};
    load_options options = load_of(server, 2);
    options.slow_clients = true;
    options.patience = 3s;
    EXPECT_EQ(failure_of(options), "replies ceased to come when there were slow clients");
}

} // namespace
