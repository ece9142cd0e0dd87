#include "server.hpp"

#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"

#include <gtest/gtest.h>

namespace {

using harness::client;
using unstoppable::server;

const exercise::rule wake_the_thread{
    "a thread that waits inside a call looks at no flag; another thread has to end the call",
    "01_blocking/README.md", "Stopping: how to wake a thread that hears nothing"};

TEST(unstoppable, BytesComeBack) {
    exercise::about(wake_the_thread);
    server& tested = *new server; // never destroyed: whether it can stop is for the next tests
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    const std::string answer = visitor.exchange("hello");
    exercise::require(answer == "hello", "\"" + answer + "\"");
}

TEST(unstoppable, StopReturnsWithoutClients) {
    exercise::about(wake_the_thread);
    const exercise::counted_calls<decltype(::accept)> accepts{"accept", L"ws2_32.dll"};
    const unsigned before = accepts.begun();
    server tested;
    exercise::expect("the server waits for its first client");
    accepts.wait_until_begun(before + 1);
    exercise::expect("stop() returns while nobody is connected");
    tested.stop();
}

TEST(unstoppable, StopReturnsWithASilentClient) {
    exercise::about(wake_the_thread);
    server tested;
    exercise::expect("the server sends back what a client sends");
    client silent{tested.port()};
    static_cast<void>(silent.exchange("hello"));
    exercise::expect("stop() returns while a client is connected that sends nothing");
    tested.stop();
    exercise::expect("the client sees the end of its connection");
    silent.wait_until_closed();
}

// The thread may be anywhere when stop() comes: before its accept, inside it, or between two calls.
TEST(unstoppable, StopReturnsWheneverItComes) {
    exercise::about(wake_the_thread);
    for (int i = 0; i < 50; ++i) {
        server tested;
        exercise::expect("stop() returns right after the start, each of 50 times");
        tested.stop();
    }
}

} // namespace
