#include "server.hpp"

#include "../watched_sockets.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>

namespace {

using exercise::watched_sockets;
using harness::client;
using unstoppable::server;

const exercise::rule wake_the_thread{
    "a thread that waits inside a call looks at no flag; another thread has to end the call",
    "01_blocking/README.md", "Stopping: how to wake a thread that hears nothing"};

const exercise::rule close_last{
    "a socket is closed only when no thread uses it any more, or is about to",
    "01_blocking/README.md", "Stopping: how to wake a thread that hears nothing"};

const char* name(watched_sockets::call which) {
    return which == watched_sockets::call::accept ? "accept" : "recv";
}

class unstoppable_test : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        watched_sockets::begin([](watched_sockets::call used_in) {
            exercise::about(close_last);
            exercise::require(false, std::string{"the socket was closed on which another thread is "
                                                 "in "} +
                                         name(used_in) + ", or is just about to call it");
        });
    }

    void SetUp() override { exercise::about(wake_the_thread); }
};

TEST_F(unstoppable_test, BytesComeBack) {
    server& tested = *new server; // never destroyed: whether it can stop is for the next tests
    exercise::expect("the server sends back what a client sends");
    // Never closed: its server would come back to accept while another one is tested.
    client& visitor = *new client{tested.port()};
    const std::string answer = visitor.exchange("hello");
    exercise::require(answer == "hello", "\"" + answer + "\"");
}

TEST_F(unstoppable_test, StopReturnsWithoutClients) {
    server tested;
    watched_sockets::wait_until_in(watched_sockets::call::accept, 1);
    exercise::expect("stop() returns while nobody is connected");
    tested.stop();
}

TEST_F(unstoppable_test, StopReturnsWithASilentClient) {
    server tested;
    exercise::expect("the server sends back what a client sends");
    client silent{tested.port()};
    static_cast<void>(silent.exchange("hello"));
    watched_sockets::wait_until_in(watched_sockets::call::recv, 2); // with the first test's server
    exercise::expect("stop() returns while a client is connected that sends nothing");
    tested.stop();
    exercise::expect("the client sees the end of its connection");
    silent.wait_until_closed();
}

TEST_F(unstoppable_test, StopFindsAThreadThatHasJustLookedAtTheFlag) {
    for (const auto which : {watched_sockets::call::accept, watched_sockets::call::recv}) {
        exercise::expect("a server starts, and a client connects");
        watched_sockets::hold_next(which);
        server tested;
        std::optional<client> silent;
        if (which == watched_sockets::call::recv)
            silent.emplace(tested.port());
        watched_sockets::wait_until_held();
        exercise::expect(std::string{"stop() returns when it comes while the thread has looked at "
                                     "the flag, and is just about to call "} +
                         name(which));
        std::thread stopping{[&tested] {
            tested.stop();
        }};
        watched_sockets::wait_until_cancelled();
        watched_sockets::let_go();
        stopping.join();
    }
}

// The thread may be anywhere when stop() comes: before its accept, inside it, or between two calls.
TEST_F(unstoppable_test, StopReturnsWheneverItComes) {
    for (int i = 0; i < 50; ++i) {
        server tested;
        exercise::expect("stop() returns right after the start, each of 50 times");
        tested.stop();
    }
}

} // namespace
