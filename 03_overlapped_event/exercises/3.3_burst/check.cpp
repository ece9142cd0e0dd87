#include "journal.hpp"

#include "../asleep.hpp"
#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"
#include "trace/operations.hpp"
#include "trace/recorder.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using burst::journal;
using harness::client;

const exercise::rule sleep_in_the_wait{"a thread that has nothing to do sleeps in a wait without a "
                                       "time limit, until an event wakes it",
                                       "03_overlapped_event/README.md", "The event"};
const exercise::rule starting_resets{
    "the call that starts an operation resets its event; its completion, maybe inside that same "
    "call, signals it, and a later reset would erase that",
    "03_overlapped_event/README.md", "Three answers to the starting call"};

// A client, and the journal that listens to it once it is told to. The journal is never destroyed
// unless a test does it.
class connection {
public:
    connection() {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        peer.connect(win32::local_port(listener.get()));
        accepted_.reset(::accept(listener.get(), nullptr, nullptr));
    }

    void begin() { tested_ = new journal{std::move(accepted_)}; }

    void send(const std::string& bytes) {
        const std::lock_guard lock{mutex_};
        sent_ += bytes;
        peer.send(bytes);
    }

    [[nodiscard]] std::string sent() const {
        const std::lock_guard lock{mutex_};
        return sent_;
    }

    // Returns when all that was sent has arrived in the socket, of which nobody has read yet.
    void wait_until_arrived() const {
        harness::wait_until([this] {
            u_long count = 0;
            ::ioctlsocket(accepted_.get(), static_cast<long>(FIONREAD), &count);
            return count >= sent().size();
        });
    }

    // Returns when the journal has all that was sent; the step ends it if that does not come. It
    // may have more by then, which is for a later look: resets that are held up send, too.
    void wait_until_kept() const {
        std::string wanted;
        std::string kept;
        harness::wait_until([&] {
            wanted = sent();
            kept = tested_->text();
            return kept.size() >= wanted.size();
        });
        kept.resize(std::min(kept.size(), wanted.size()));
        require_same(wanted, kept);
    }

    // For when nobody sends any more.
    void expect_no_more() const { require_same(sent(), tested_->text()); }

    void destroy_journal() { delete tested_; }

    client peer; // the mutex guards its sends

private:
    static void require_same(const std::string& wanted, const std::string& kept) {
        const ::testing::AssertionResult same = harness::same_bytes(wanted, kept);
        exercise::require(same, same.message());
    }

    win32::unique_socket accepted_;
    journal* tested_ = nullptr;
    mutable std::mutex mutex_;
    std::string sent_; // guarded by the mutex
};

// From its making on, a reset of the event of a receive is held up until that receive, if it is in
// flight, has completed: the client sends some more. That is the worst moment there is. Never
// destroyed: the journal's thread may be in it.
class held_up_resets {
public:
    explicit held_up_resets(connection& of) : by_{of} { current_ = this; }

private:
    static void hold_up(HANDLE event) {
        held_up_resets& self = *current_;
        if (event != self.received_ || self.count_++ >= 10)
            return;
        self.by_.send("more");
        ::WaitForSingleObject(event, 300); // it stays unsignaled if nothing is in flight
    }

    static BOOL WINAPI reset_event(HANDLE event) {
        hold_up(event);
        return reinterpret_cast<decltype(&::ResetEvent)>(reset_event_.load())(event);
    }

    static BOOL WSAAPI wsa_reset_event(WSAEVENT event) {
        hold_up(event);
        return reinterpret_cast<decltype(&::WSAResetEvent)>(wsa_reset_event_.load())(event);
    }

    static int WSAAPI wsa_recv(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD received,
                               LPDWORD flags, LPWSAOVERLAPPED overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        if (overlapped != nullptr)
            static_cast<held_up_resets*>(current_)->received_ = overlapped->hEvent;
        return reinterpret_cast<decltype(&::WSARecv)>(wsa_recv_.load())(
            socket, buffers, count, received, flags, overlapped, routine);
    }

    static inline std::atomic<held_up_resets*> current_{nullptr};
    static inline std::atomic<void*> reset_event_{nullptr};
    static inline std::atomic<void*> wsa_reset_event_{nullptr};
    static inline std::atomic<void*> wsa_recv_{nullptr};

    connection& by_;
    std::atomic<HANDLE> received_{nullptr};
    std::atomic<int> count_ = 0;
    const std::array<trace::hook, 3> hooks_{
        {{"ResetEvent", L"kernel32.dll", reinterpret_cast<void*>(&reset_event), &reset_event_},
         {"WSAResetEvent", L"ws2_32.dll", reinterpret_cast<void*>(&wsa_reset_event),
          &wsa_reset_event_},
         {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&wsa_recv), &wsa_recv_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(burst, MessageIsKept) {
    exercise::about(starting_resets);
    connection& one = *new connection;
    exercise::expect("a message of 5 bytes is kept");
    one.begin();
    one.send("hello");
    one.wait_until_kept();
}

TEST(burst, BurstIsKept) {
    exercise::about(starting_resets);
    connection& one = *new connection;
    exercise::expect("a burst of 16 messages, which has come before the journal begins, is kept");
    for (unsigned i = 0; i < 16; ++i)
        one.send(harness::make_message(journal::block_size, i));
    one.wait_until_arrived();
    one.begin();
    one.wait_until_kept();
    one.expect_no_more();
}

TEST(burst, MessageAfterMessageIsKept) {
    exercise::about(starting_resets);
    connection& one = *new connection;
    one.begin();
    for (int i = 0; i < 100; ++i) {
        exercise::expect("of 100 messages, each of which waits for the one before, message " +
                         std::to_string(i + 1) + " is kept");
        one.send("message " + std::to_string(i + 1) + "\n");
        one.wait_until_kept();
    }
    one.expect_no_more();
}

TEST(burst, ThreadSleepsWhileNothingComes) {
    exercise::about(sleep_in_the_wait);
    connection& one = *new connection;
    const exercise::watched_waits waits;
    exercise::expect("a message of 5 bytes is kept");
    one.begin();
    one.send("hello");
    one.wait_until_kept();
    exercise::expect_asleep("while nothing comes, the thread sleeps, without a time limit", waits);
}

TEST(burst, EndCollectsTheReceive) {
    exercise::about(starting_resets);
    connection& one = *new connection;
    trace::recorder recorder;
    exercise::expect("a burst of 16 messages is kept");
    for (unsigned i = 0; i < 16; ++i)
        one.send(harness::make_message(journal::block_size, i));
    one.begin();
    one.wait_until_kept();
    exercise::expect("with a receive in flight the destructor returns");
    one.destroy_journal();
    exercise::expect("it has collected that receive");
    const trace::recording what = recorder.stop();
    for (const trace::operation& each : trace::match_operations(what))
        exercise::require(each.by == trace::ended_by::collected ||
                              each.by == trace::ended_by::own_call,
                          "receive number " + std::to_string(each.id) + " was not collected");
}

TEST(burst, MessageIsKeptWheneverItComes) {
    exercise::about(starting_resets);
    connection& one = *new connection;
    new held_up_resets{one};
    one.begin();
    for (int i = 0; i < 20; ++i) {
        exercise::expect("a message is kept that comes just before the event is reset", 10s);
        one.send("hello");
        one.wait_until_kept();
    }
}

} // namespace
