#include "echo_pool.hpp"

#include "../connection.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"
#include "testing/machine/live_memory.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/process_list.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using exercise::connection;
using exercise::make_connection;
using tired::echo_pool;

const exercise::rule look_at_the_overlapped{
    "FALSE with an OVERLAPPED is a packet as well: that operation has failed, and the port is well",
    "05_iocp/README.md", "Taking a packet"};
const exercise::rule end_that_session{
    "the session of a failed operation has nothing in flight any more, and ends",
    "05_iocp/README.md", "Handling it"};

void require_echo(harness::client& client, const std::string& message) {
    const std::string answer = client.exchange(message);
    exercise::require(answer == message, "\"" + answer + "\"");
}

void require_service(echo_pool& tested) {
    connection next = make_connection();
    tested.serve(std::move(next.server));
    require_echo(next.client, "hello");
}

// The receive is pending when the reset comes: so it fails, on every system.
void reset_one(echo_pool& tested) {
    connection rude = make_connection();
    tested.serve(std::move(rude.server));
    rude.client.reset();
}

// The threads that a pool starts in its constructor.
class pool_threads {
public:
    explicit pool_threads(const std::vector<DWORD>& before) {
        for (const DWORD id : present())
            if (std::ranges::count(before, id) == 0)
                if (win32::unique_handle thread{::OpenThread(SYNCHRONIZE, FALSE, id)})
                    threads_.push_back(std::move(thread));
    }

    [[nodiscard]] static std::vector<DWORD> present() {
        return win32::threads_of(::GetCurrentProcessId());
    }

    [[nodiscard]] std::size_t count() const { return threads_.size(); }

    [[nodiscard]] std::size_t count_ended() const {
        return static_cast<std::size_t>(std::ranges::count_if(threads_, [](const auto& each) {
            return ::WaitForSingleObject(each.get(), 0) == WAIT_OBJECT_0;
        }));
    }

private:
    std::vector<win32::unique_handle> threads_;
};

// While one lives, a send goes on until it is cancelled, as one to a client that does not read: it
// is a receive, from a client that is silent.
class sends_without_end {
public:
    sends_without_end() { started_ = 0; }

    static void wait_until_started() {
        harness::wait_until([] { return started_ != 0; });
    }

private:
    static int WSAAPI call(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD /*sent*/,
                           DWORD /*flags*/, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        DWORD flags = 0;
        const int result = ::WSARecv(socket, buffers, count, nullptr, &flags, overlapped, routine);
        ++started_;
        return result;
    }

    static inline std::atomic<void*> system_{nullptr};
    static inline std::atomic<unsigned> started_{0};

    const std::array<trace::hook, 1> hooks_{
        {{"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&call), &system_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(tired, BytesComeBack) {
    exercise::about(look_at_the_overlapped);
    echo_pool& tested = *new echo_pool{4}; // whether it can be destroyed is for a later test
    exercise::expect("the pool sends back what its clients send");
    connection one = make_connection();
    connection two = make_connection();
    tested.serve(std::move(one.server));
    tested.serve(std::move(two.server));
    for (const char* message : {"one", "two", "three"}) {
        require_echo(one.client, message);
        require_echo(two.client, message);
    }
    exercise::expect("a client that has sent its last byte sees the end of the stream");
    one.client.half_close();
    const std::string rest = one.client.receive_to_end();
    exercise::require(rest.empty(), "more bytes: \"" + rest + "\"");
}

TEST(tired, ResetsLeaveThePoolWhole) {
    exercise::about(look_at_the_overlapped);
    echo_pool& tested = *new echo_pool{4};
    for (int i = 1; i <= 20; ++i) {
        exercise::expect("after " + std::to_string(i) + (i == 1 ? " client has" : " clients have") +
                         " reset the connection, the next client has its words back");
        reset_one(tested);
        require_service(tested);
    }
}

TEST(tired, ResetsEndNoThread) {
    exercise::about(look_at_the_overlapped);
    exercise::expect("the constructor starts the pool's threads");
    const std::vector<DWORD> before = pool_threads::present();
    echo_pool& tested = *new echo_pool{4};
    const pool_threads threads{before};
    exercise::require(threads.count() >= 4, std::to_string(threads.count()) + " in place of 4");
    for (int i = 0; i < 20; ++i) {
        exercise::expect("20 clients can connect, and reset their connections");
        reset_one(tested);
        require_service(tested);
    }
    exercise::expect("the pool keeps all its threads");
    const std::size_t ended = threads.count_ended();
    exercise::require(ended == 0, std::to_string(ended) + " of the " +
                                      std::to_string(threads.count()) +
                                      " that the constructor has started have ended");
}

TEST(tired, ResetSessionsAreGivenBack) {
    exercise::about(end_that_session);
    echo_pool& tested = *new echo_pool{2};
    exercise::expect("the pool sends back what a client sends");
    require_service(tested);
    const std::size_t before = harness::live_bytes();
    for (int i = 0; i < 48; ++i) {
        exercise::expect("48 clients can connect, and reset their connections");
        reset_one(tested);
    }
    exercise::expect(
        "when 48 clients have reset their connections, the memory of their sessions is "
        "given back");
    // Less than 16 of 48: a pool may keep a few for the next clients.
    harness::wait_until([before] { return harness::live_bytes() < before + 64 * 1024; });
}

TEST(tired, AnyErrorEndsItsSessionAndNoThread) {
    exercise::about(look_at_the_overlapped);
    echo_pool& tested = *new echo_pool{2};
    for (int i = 0; i < 8; ++i) {
        exercise::expect("a client whose receive is cancelled sees the end of its connection");
        connection cancelled = make_connection();
        const auto socket = reinterpret_cast<HANDLE>(cancelled.server.get());
        tested.serve(std::move(cancelled.server));
        ::CancelIoEx(socket, nullptr); // the client is silent, so its receive is pending
        cancelled.client.wait_until_closed();
    }
    exercise::expect("the next client has its words back");
    require_service(tested);
}

TEST(tired, FailedSendEndsItsSession) {
    exercise::about(end_that_session);
    const sends_without_end sends; // before the pool: its threads may keep the address of WSASend
    echo_pool& tested = *new echo_pool{2};
    connection deaf = make_connection();
    const auto socket = reinterpret_cast<HANDLE>(deaf.server.get());
    tested.serve(std::move(deaf.server));
    exercise::expect("the pool begins to send back what a client has sent");
    deaf.client.send("hello");
    sends.wait_until_started();
    exercise::expect("a client whose send is cancelled sees the end of its connection");
    ::CancelIoEx(socket, nullptr);
    deaf.client.wait_until_closed();
}

TEST(tired, DestructorEndsEveryConnection) {
    exercise::about(look_at_the_overlapped);
    connection one = make_connection();
    connection two = make_connection();
    {
        echo_pool tested{3};
        tested.serve(std::move(one.server));
        tested.serve(std::move(two.server));
        exercise::expect("the pool sends back what a client sends");
        require_echo(one.client, "hello");
        exercise::expect("after a reset the pool can still be destroyed");
        reset_one(tested);
    }
    exercise::expect("the clients see the end of their connections");
    one.client.wait_until_closed();
    two.client.wait_until_closed();
}

} // namespace
