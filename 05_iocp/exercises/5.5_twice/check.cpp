#include "collector.hpp"

#include "../connection.hpp"
#include "../operations_in_flight.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace {

using exercise::connection;
using exercise::make_connection;
using exercise::operations_in_flight;
using twice::collector;

const exercise::rule once_in_the_packet{
    "success at once queues a packet as well; the result is handled once, when that is taken",
    "05_iocp/README.md", "Starting an operation"};
const exercise::rule no_call_inside_another{
    "what is done at once must not be handled by a call within a call: a client that has sent much "
    "decides how deep that goes",
    "05_iocp/README.md", "What this server leaves out"};

// Lets the receives find all of it.
void wait_until_there(const connection& sender, std::size_t bytes) {
    harness::wait_until([&] {
        u_long there = 0;
        ::ioctlsocket(sender.server.get(), static_cast<long>(FIONREAD), &there);
        return there >= bytes;
    });
}

void handle_to_the_end(collector& tested, std::size_t number) {
    while (!tested.is_over(number))
        tested.handle_next();
}

void require_text(const collector& tested, std::size_t number, const std::string& text) {
    const std::string& got = tested.text(number);
    if (got.size() <= 200)
        exercise::require(got == text, "\"" + got + "\"");
    const auto differs = std::mismatch(got.begin(), got.end(), text.begin(), text.end()).first;
    exercise::require(got == text, std::to_string(got.size()) + " bytes; byte " +
                                       std::to_string(differs - got.begin()) + " is not the one");
}

// While one lives, it measures how much of the stack lies between the deepest call of WSARecv and
// the one that is least deep.
class stack_depth {
public:
    stack_depth() {
        deepest_ = UINTPTR_MAX;
        highest_ = 0;
    }

    stack_depth(const stack_depth&) = delete;
    stack_depth& operator=(const stack_depth&) = delete;

    [[nodiscard]] static std::size_t range() {
        return highest_ == 0 ? 0 : static_cast<std::size_t>(highest_ - deepest_);
    }

private:
    static int WSAAPI receive(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes,
                              DWORD* flags, OVERLAPPED* operation,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        const int here = 0;
        const auto place = reinterpret_cast<std::uintptr_t>(&here);
        deepest_ = std::min(deepest_, place);
        highest_ = std::max(highest_, place);
        return reinterpret_cast<decltype(&::WSARecv)>(original_.load())(
            socket, buffers, count, bytes, flags, operation, routine);
    }

    static inline std::atomic<void*> original_{nullptr};
    static inline std::uintptr_t deepest_ = 0;
    static inline std::uintptr_t highest_ = 0;

    const std::array<trace::hook, 1> hooks_{
        {{"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&receive), &original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(twice, LinesThatComeLaterComeOnce) {
    exercise::about(once_in_the_packet);
    collector& tested = *new collector; // how it is destroyed is for a later test
    connection sender = make_connection();
    exercise::expect("a client is added, and the line that it sends then is collected once");
    const std::size_t number = tested.add(std::move(sender.server));
    sender.client.send("one\n");
    tested.handle_next();
    require_text(tested, number, "one\n");
}

TEST(twice, LinesThatAreThereAlreadyComeOnce) {
    exercise::about(once_in_the_packet);
    collector& tested = *new collector;
    connection sender = make_connection();
    exercise::expect("a client sends a line before it is added, and the line is collected once");
    sender.client.send("one\n");
    wait_until_there(sender, 4);
    const std::size_t number = tested.add(std::move(sender.server));
    sender.client.half_close();
    handle_to_the_end(tested, number);
    require_text(tested, number, "one\n");
}

TEST(twice, NoOverlappedIsInFlightTwice) {
    exercise::about(once_in_the_packet);
    const operations_in_flight operations;
    collector& tested = *new collector;
    connection sender = make_connection();
    exercise::expect(
        "a client sends three lines before it is added, and the end, and each is collected once");
    sender.client.send("one\ntwo\nthree\n");
    sender.client.half_close();
    wait_until_there(sender, 14);
    const std::size_t number = tested.add(std::move(sender.server));
    handle_to_the_end(tested, number);
    require_text(tested, number, "one\ntwo\nthree\n");
    exercise::expect("every operation has been collected by then");
    exercise::require(operations.count() == 0, "the packets of " +
                                                   std::to_string(operations.count()) +
                                                   " operations have not been taken");
}

TEST(twice, ManyLinesNeedNoDeeperStack) {
    exercise::about(no_call_inside_another);
    const operations_in_flight operations;
    const stack_depth depth;
    collector& tested = *new collector;
    connection sender = make_connection();
    std::string lines;
    while (lines.size() < 12'000)
        lines += "line " + std::to_string(lines.size()) + "\n";
    exercise::expect(
        "a client sends 12,000 bytes before it is added, and each line is collected once");
    sender.client.send(lines); // fits into the buffers of a connection
    sender.client.half_close();
    wait_until_there(sender, lines.size());
    const std::size_t number = tested.add(std::move(sender.server));
    handle_to_the_end(tested, number);
    require_text(tested, number, lines);
    exercise::expect("meanwhile the stack grew by less than 4 KiB, from one receive to another");
    exercise::require(depth.range() < 4 * 1024, "by " + std::to_string(depth.range()) + " bytes");
}

TEST(twice, DestructorCollectsEveryOperation) {
    exercise::about(once_in_the_packet);
    const operations_in_flight operations;
    connection silent = make_connection();
    connection early = make_connection();
    {
        collector tested;
        exercise::expect("the collector can be destroyed while clients are connected");
        tested.add(std::move(silent.server));
        early.client.send("one\n");
        wait_until_there(early, 4);
        tested.add(std::move(early.server));
    }
    exercise::expect("every operation has been collected by then");
    exercise::require(operations.count() == 0, "the packets of " +
                                                   std::to_string(operations.count()) +
                                                   " operations have not been taken");
}

} // namespace
