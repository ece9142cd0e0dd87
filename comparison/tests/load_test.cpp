#include "load.hpp"

#include "interrupt.hpp"
#include "tiny_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <system_error>
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
    const load_result result = run_load(load_of(server, 8));
    EXPECT_GT(result.requests, 0u);
    EXPECT_EQ(result.latencies.count(), result.requests);
    EXPECT_GE(result.time, 50ms);
    EXPECT_GT(result.latencies.percentile(0.5), 0u);
    EXPECT_LE(result.latencies.percentile(0.5), result.latencies.percentile(0.99));
    // Beside those that count: one for each connection in the warm-up at least.
    EXPECT_GE(echoed, result.requests + 8);
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
    EXPECT_GT(run_load(load_of(server, 2)).requests, 0u);
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
    EXPECT_EQ(failure_of(server, 1), "connection 1: the server closed it");
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
    options.patience = 300ms;
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
    options.patience = 300ms;
    EXPECT_EQ(failure_of(options), "replies ceased to come");
}

TEST(load, CountsConnectionsThatStarve) {
    // Two connections: the second is served in the warm-up and then no more, until the last replies
    // are awaited.
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
    options.while_loaded = [&] {
        measured = true;
        measured.notify_all();
    };
    EXPECT_EQ(run_load(options).unserved, 1u);
}

TEST(load, ThrowsWhenNobodyListens) {
    load_options options;
    {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        options.port = win32::local_port(listener.get());
    }
    try {
        static_cast<void>(run_load(options));
        FAIL() << "no exception";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), WSAECONNREFUSED) << error.what();
    }
}

TEST(load, IsObservedWhileEveryConnectionIsServed) {
    std::atomic<unsigned> open{0};
    std::atomic<std::uint64_t> echoed{0};
    const tiny_server server{[&](SOCKET socket, unsigned) {
        ++open;
        echo(socket, [&](std::string&) {
            ++echoed;
            echoed.notify_all();
            return true;
        });
        --open;
    }};
    load_options options = load_of(server, 5);
    unsigned seen = 0;
    options.while_loaded = [&] {
        seen = open;
        // The load goes on meanwhile: this waits for one more echo, or until ctest's time limit.
        echoed.wait(echoed);
    };
    static_cast<void>(run_load(options));
    EXPECT_EQ(seen, 5u);
}

TEST(load, HandsOnWhatTheObserverThrows) {
    const tiny_server server{echo_all};
    load_options options = load_of(server, 2);
    options.while_loaded = [] {
        throw std::runtime_error("the observer fails");
    };
    EXPECT_EQ(failure_of(options), "the observer fails");
}

TEST(load, StopsBeforeItBegins) {
    const tiny_server server{echo_all};
    std::stop_source source;
    source.request_stop();
    load_options options = load_of(server, 4);
    options.duration = 1h;
    EXPECT_THROW(static_cast<void>(run_load(options, source.get_token())), interrupted);
}

TEST(load, StopsInMidRun) {
    std::stop_source source;
    std::atomic<int> count{0};
    const tiny_server server{[&](SOCKET socket, unsigned) {
        echo(socket, [&](std::string&) {
            if (++count == 50)
                source.request_stop();
            return true;
        });
    }};
    load_options options = load_of(server, 4);
    options.duration = 1h;
    EXPECT_THROW(static_cast<void>(run_load(options, source.get_token())), interrupted);
}

TEST(load, StopsWhileNobodyAnswers) {
    std::stop_source source;
    const tiny_server server{[&](SOCKET socket, unsigned) {
        echo(socket, [&](std::string& reply) {
            source.request_stop();
            reply.clear();
            return true;
        });
    }};
    load_options options = load_of(server, 4);
    options.patience = 1h;
    EXPECT_THROW(static_cast<void>(run_load(options, source.get_token())), interrupted);
}

} // namespace
