#include "connection.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"
#include "trace/hooks/import_table.hpp"
#include "trace/recorder.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <span>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using duplex::connection;
using harness::client;

const exercise::rule an_event_each{
    "each operation has an event of its own: a signal that two operations share does not tell "
    "which of them has ended",
    "03_overlapped_event/README.md", "The event"};
const exercise::rule none_waits_for_the_other{
    "a receive and a send on one connection are two operations, which go on side by side: what one "
    "thread holds while it waits, another one must not need",
    "03_overlapped_event/README.md", "The OVERLAPPED"};

// A connection and its peer. The connection is never destroyed: an operation may be in flight.
struct two_ends {
    two_ends() {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        peer.connect(win32::local_port(listener.get()));
        tested = new connection{win32::unique_socket{::accept(listener.get(), nullptr, nullptr)}};
    }

    client peer;
    connection* tested;
};

// A thread that calls receive() once.
class receiver {
public:
    explicit receiver(connection& from)
        : thread_{[this, &from] {
              thread_id_ = ::GetCurrentThreadId();
              try {
                  const std::size_t count = from.receive(buffer_);
                  result_ = count == 0 ? "0, the end of the stream"
                                       : "\"" + std::string(buffer_.data(), count) + "\"";
              } catch (const std::exception& error) {
                  result_ = std::string{"an exception: "} + error.what();
              }
              has_returned_ = true;
          }} {}

    [[nodiscard]] bool has_returned() const { return has_returned_; }

    [[nodiscard]] std::string result() {
        if (thread_.joinable())
            thread_.join();
        return result_;
    }

    // The number of the thread; valid after result().
    [[nodiscard]] DWORD thread() const { return thread_id_; }

private:
    // Shared by all: a receive that the connection has left in flight may still fill it.
    static inline std::array<char, 100> buffer_{};

    std::string result_;
    DWORD thread_id_ = 0;
    std::atomic<bool> has_returned_ = false;
    std::thread thread_;
};

// While one lives, it notes which overlapped receives and sends have an event.
class noted_events {
public:
    // Whether both have one, or none; or one of them is not overlapped.
    [[nodiscard]] bool agree() const {
        return receives_ == 0 || sends_ == 0 || receives_ == sends_;
    }

private:
    enum : int { without = 1, with = 2 };

    static void note(std::atomic<int>& where, const OVERLAPPED* operation) {
        if (operation != nullptr)
            where |= operation->hEvent != nullptr ? with : without;
    }

    static int WSAAPI receive(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD received,
                              LPDWORD flags, LPWSAOVERLAPPED operation,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        note(receives_, operation);
        return reinterpret_cast<decltype(&::WSARecv)>(original_receive_.load())(
            socket, buffers, count, received, flags, operation, routine);
    }

    static int WSAAPI send(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                           LPWSAOVERLAPPED operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        note(sends_, operation);
        return reinterpret_cast<decltype(&::WSASend)>(original_send_.load())(
            socket, buffers, count, sent, flags, operation, routine);
    }

    static inline std::atomic<int> receives_{0};
    static inline std::atomic<int> sends_{0};
    static inline std::atomic<void*> original_receive_{nullptr};
    static inline std::atomic<void*> original_send_{nullptr};

    const std::array<trace::hook, 2> hooks_{
        {{"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&receive), &original_receive_},
         {"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&send), &original_send_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

void send_and_read(two_ends& ends, const std::string& message) {
    const std::size_t sent = ends.tested->send(message);
    exercise::require(sent == message.size(), std::to_string(sent));
    const std::string come = ends.peer.receive_exactly(message.size());
    exercise::require(come == message, "the peer has read \"" + come + "\"");
}

TEST(duplex, MessageIsReceived) {
    exercise::about(an_event_each);
    two_ends ends;
    exercise::expect("what the peer sends is received");
    ends.peer.send("hello");
    const std::string result = receiver{*ends.tested}.result();
    exercise::require(result == "\"hello\"", result);
}

TEST(duplex, MessageIsSent) {
    exercise::about(an_event_each);
    two_ends ends;
    exercise::expect("a send() of 5 bytes returns 5, and the peer reads them");
    send_and_read(ends, "hello");
}

// How far the thread has come in receive() is not known, so there are many tries.
TEST(duplex, ReceiveWaitsForBytesOfThePeer) {
    exercise::about(an_event_each);
    two_ends ends;
    for (int i = 0; i < 10; ++i) {
        receiver waiting{*ends.tested};
        for (int k = 0; k < 15; ++k) {
            exercise::about(none_waits_for_the_other);
            exercise::expect("a send() of 4 bytes returns 4 while another thread is in receive()");
            send_and_read(ends, "ping");
            exercise::about(an_event_each);
            exercise::expect("while the peer sends nothing, receive() goes on waiting");
            if (waiting.has_returned())
                exercise::require(false, "it has returned " + waiting.result());
        }
        exercise::expect("when the peer sends an answer, receive() returns it");
        ends.peer.send("answer");
        const std::string result = waiting.result();
        exercise::require(result == "\"answer\"", result);
    }
}

TEST(duplex, SendWaitsUntilItsBytesAreTaken) {
    exercise::about(an_event_each);
    two_ends ends;
    const std::string& large = *new std::string(harness::make_message(8 * 1024 * 1024));
    std::atomic<std::size_t> sent{0};
    std::thread sender{[&] {
        sent = ends.tested->send(large);
    }};
    for (int i = 0; i < 20; ++i) {
        exercise::expect("the peer's messages are received while a large send() goes on");
        ends.peer.send("answer");
        const std::string result = receiver{*ends.tested}.result();
        exercise::require(result == "\"answer\"", result);
    }
    exercise::expect("the large send() has sent all of its bytes, and the peer reads them", 20s);
    const std::string come = ends.peer.receive_exactly(large.size());
    sender.join();
    exercise::require(sent == large.size(), "it returned " + std::to_string(sent) + " of " +
                                                std::to_string(large.size()) + " bytes");
    const ::testing::AssertionResult same = harness::same_bytes(large, come);
    exercise::require(same, same.message());
}

// A thread that asks in a loop asks thousands of times while the messages on the other connection
// come and go.
TEST(duplex, AWaitIsNotALoop) {
    exercise::about(an_event_each);
    two_ends ends;
    two_ends others;
    exercise::expect("while the peer sends nothing, receive() sleeps in one wait", 30s);
    trace::recorder recorder;
    receiver waiting{*ends.tested};
    for (int i = 0; i < 10; ++i) {
        send_and_read(ends, "ping");
        for (int k = 0; k < 30; ++k)
            send_and_read(others, "ping");
    }
    ends.peer.send("answer");
    static_cast<void>(waiting.result());
    const trace::recording what = recorder.stop();
    const auto asks = [&waiting](const trace::event* each) {
        const trace::call_kind kind = trace::info(each->which).kind;
        return each->kind == trace::event_kind::call && each->thread_id == waiting.thread() &&
               (kind == trace::call_kind::wait || kind == trace::call_kind::collect);
    };
    const auto questions = std::count_if(what.events.begin(), what.events.end(), asks);
    exercise::require(questions < 100, "it has made " + std::to_string(questions) +
                                           " calls that wait or ask for the result");
}

// With an event for one of the two, only the other one signals the socket, and the tests above see
// nothing wrong. But Microsoft's page of WSAGetOverlappedResult does not let that one wait.
TEST(duplex, EventOfOneIsNotEnough) {
    exercise::about(an_event_each);
    const noted_events events;
    two_ends ends;
    exercise::expect("a receive and a send that are both overlapped both have an event");
    receiver waiting{*ends.tested};
    send_and_read(ends, "ping");
    ends.peer.send("answer");
    static_cast<void>(waiting.result());
    exercise::require(events.agree(), "one of the two has none");
}

} // namespace
