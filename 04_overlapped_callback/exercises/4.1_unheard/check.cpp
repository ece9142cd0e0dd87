#include "echo.hpp"

#include "../routines_in_flight.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using harness::client;
using unheard::echo;

const exercise::rule no_wait_no_call{
    "a completion routine runs in an alertable wait of the thread that started the operation, and "
    "nowhere else",
    "04_overlapped_callback/README.md", "No alertable wait, no call"};

const exercise::rule what_ends_a_wait{
    "what has to end a wait must be among the things it waits for: an alertable wait for the event "
    "hears of the routines and of stop()",
    "04_overlapped_callback/README.md", "The loop"};
const exercise::rule the_memory_is_lent{
    "a cancel only asks; the memory of an operation is lent until its routine has been called, and "
    "that takes an alertable wait",
    "04_overlapped_callback/README.md", "Stop"};

using exercise::routines_in_flight;
using receives = exercise::counted_calls<decltype(::WSARecv)>;

// A client, and the server's end of its connection.
struct connection {
    connection() {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        visitor.connect(win32::local_port(listener.get()));
        server_end.reset(::accept(listener.get(), nullptr, nullptr));
    }

    client visitor;
    win32::unique_socket server_end;
};

// The thread looks at stop() before it starts the receive, and then it waits.
TEST(unheard, StopReturnsWithASilentClient) {
    exercise::about(what_ends_a_wait);
    const receives counted{"WSARecv", L"ws2_32.dll"};
    const unsigned before = receives::begun();
    connection silent;
    echo tested{std::move(silent.server_end)};
    exercise::expect("a receive is started");
    receives::wait_until_begun(before + 1);
    exercise::expect("stop() returns while the client sends nothing");
    tested.stop();
    exercise::expect("stop() closes the connection");
    silent.visitor.wait_until_closed();
}

TEST(unheard, BytesComeBack) {
    exercise::about(no_wait_no_call);
    connection talking;
    echo tested{std::move(talking.server_end)};
    exercise::expect("what a client sends comes back, while nobody calls stop()");
    const std::string answer = talking.visitor.exchange("hello");
    exercise::require(answer == "hello", "\"" + answer + "\"");
}

TEST(unheard, MessageAfterMessageComesBack) {
    exercise::about(no_wait_no_call);
    connection talking;
    echo tested{std::move(talking.server_end)};
    for (const std::size_t size : {1u, 2u, 1'000u, 100'000u, 1u}) {
        exercise::expect("message after message comes back, now one of " + std::to_string(size) +
                         " bytes");
        const std::string message = harness::make_message(size);
        exercise::require(talking.visitor.exchange(message) == message,
                          "other bytes than those that were sent");
    }
}

TEST(unheard, EndOfTheClientIsAnswered) {
    exercise::about(no_wait_no_call);
    connection ending;
    echo tested{std::move(ending.server_end)};
    exercise::expect("a client that has sent its last byte gets all of its bytes, and the end");
    ending.visitor.send("goodbye");
    ending.visitor.half_close();
    const std::string rest = ending.visitor.receive_to_end();
    exercise::require(rest == "goodbye", "\"" + rest + "\"");
}

TEST(unheard, StopReturnsAfterAMessage) {
    exercise::about(what_ends_a_wait);
    const receives counted{"WSARecv", L"ws2_32.dll"};
    const unsigned before = receives::begun();
    connection talking;
    echo tested{std::move(talking.server_end)};
    exercise::expect("what a client sends comes back, and the next receive is started");
    static_cast<void>(talking.visitor.exchange("hello"));
    receives::wait_until_begun(before + 2);
    exercise::expect("stop() returns while the client sends no more");
    tested.stop();
    exercise::expect("stop() closes the connection");
    talking.visitor.wait_until_closed();
}

TEST(unheard, StopWaitsForTheRoutine) {
    exercise::about(the_memory_is_lent);
    const routines_in_flight operations;
    const receives counted{"WSARecv", L"ws2_32.dll"};
    const unsigned before = receives::begun();
    connection silent;
    echo tested{std::move(silent.server_end)};
    exercise::expect("a receive is started");
    receives::wait_until_begun(before + 1);
    exercise::expect("stop() returns while the client sends nothing");
    tested.stop();
    exercise::expect("the routine of the receive has been called by then, though a cancel takes "
                     "its time");
    exercise::require(operations.count() == 0, "it has not been called, and the thread has ended");
}

// The send waits for a client that does not read.
TEST(unheard, StopReturnsWhileASendWaits) {
    exercise::about(what_ends_a_wait);
    connection deaf;
    echo tested{std::move(deaf.server_end)};
    exercise::expect("the client's bytes are taken, as long as there is room for the echo");
    const std::string piece = harness::make_message(100'000);
    std::size_t refused = 0;
    for (std::size_t sent = 0; refused < 20 && sent < 64'000'000;) {
        const std::size_t taken = deaf.visitor.send_without_waiting(piece);
        sent += taken;
        refused = taken == 0 ? refused + 1 : 0;
        if (taken == 0)
            ::SleepEx(1, FALSE);
    }
    exercise::expect("stop() returns while a client does not read");
    tested.stop();
}

// The thread may be anywhere when stop() comes.
TEST(unheard, StopReturnsWheneverItComes) {
    exercise::about(what_ends_a_wait);
    for (int i = 0; i < 50; ++i) {
        connection each;
        each.visitor.send("hello");
        echo tested{std::move(each.server_end)};
        exercise::expect("stop() returns right after the start, each of 50 times");
        tested.stop();
    }
}

} // namespace
