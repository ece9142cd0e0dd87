#include "session.hpp"

#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <deque>
#include <optional>
#include <span>
#include <string>

namespace {

using announced::session;
using harness::client;

const exercise::rule each_announcement{
    "each operation is announced to the pool before its call; the announcement is followed by one "
    "callback, or taken back",
    "05_iocp/thread_pool/README.md", "Starting an operation"};

// Counts what the program says to the pool, the pool's callbacks, and calls that came before their
// announcement. Made before the sessions.
class pool_calls {
public:
    pool_calls() { announced_ = taken_back_ = called_back_ = started_ = too_early_ = 0; }
    pool_calls(const pool_calls&) = delete;
    pool_calls& operator=(const pool_calls&) = delete;

    [[nodiscard]] unsigned announced() const noexcept { return announced_; }
    [[nodiscard]] unsigned taken_back() const noexcept { return taken_back_; }
    [[nodiscard]] unsigned called_back() const noexcept { return called_back_; }
    [[nodiscard]] unsigned too_early() const noexcept { return too_early_; }

private:
    // What CreateThreadpoolIo was given. It stays: a callback may come at any time.
    struct agreement {
        PTP_WIN32_IO_CALLBACK callback;
        void* context;
    };

    static void CALLBACK call_back(PTP_CALLBACK_INSTANCE instance, void* context, void* overlapped,
                                   ULONG error, ULONG_PTR bytes, PTP_IO io) {
        ++called_back_;
        const agreement& agreed = *static_cast<agreement*>(context);
        agreed.callback(instance, agreed.context, overlapped, error, bytes, io);
    }

    static PTP_IO WINAPI create(HANDLE file, PTP_WIN32_IO_CALLBACK callback, void* context,
                                PTP_CALLBACK_ENVIRON environment) {
        return reinterpret_cast<decltype(&::CreateThreadpoolIo)>(create_.load())(
            file, call_back, new agreement{callback, context}, environment);
    }

    static void WINAPI announce(PTP_IO io) {
        ++announced_;
        reinterpret_cast<decltype(&::StartThreadpoolIo)>(start_.load())(io);
    }

    static void WINAPI take_back(PTP_IO io) {
        ++taken_back_;
        reinterpret_cast<decltype(&::CancelThreadpoolIo)>(cancel_.load())(io);
    }

    static void note(const OVERLAPPED* started) {
        if (started != nullptr && ++started_ > announced_)
            ++too_early_;
    }

    static int WSAAPI receive(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes,
                              LPDWORD flags, LPWSAOVERLAPPED operation,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        note(operation);
        return reinterpret_cast<decltype(&::WSARecv)>(receive_.load())(
            socket, buffers, count, bytes, flags, operation, routine);
    }

    static int WSAAPI send(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags,
                           LPWSAOVERLAPPED operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        note(operation);
        return reinterpret_cast<decltype(&::WSASend)>(send_.load())(socket, buffers, count, bytes,
                                                                    flags, operation, routine);
    }

    static inline std::atomic<void*> create_{nullptr};
    static inline std::atomic<void*> start_{nullptr};
    static inline std::atomic<void*> cancel_{nullptr};
    static inline std::atomic<void*> receive_{nullptr};
    static inline std::atomic<void*> send_{nullptr};
    static inline std::atomic<unsigned> announced_{0};
    static inline std::atomic<unsigned> taken_back_{0};
    static inline std::atomic<unsigned> called_back_{0};
    static inline std::atomic<unsigned> started_{0};
    static inline std::atomic<unsigned> too_early_{0};

    const std::array<trace::hook, 5> hooks_{
        {{"CreateThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(&create), &create_},
         {"StartThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(&announce), &start_},
         {"CancelThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(&take_back), &cancel_},
         {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&receive), &receive_},
         {"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&send), &send_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

// Sessions with their clients. Their memory stays when they have ended: an operation that was left
// in flight may still write to it.
class server {
public:
    // A new client; its session is session_of_last().
    [[nodiscard]] client connect() {
        client result{win32::local_port(listener_.get())};
        sessions_.emplace_back(std::in_place,
                               win32::unique_socket{::accept(listener_.get(), nullptr, nullptr)});
        return result;
    }

    [[nodiscard]] session& session_of_last() { return *sessions_.back(); }
    void end_last() { sessions_.back().reset(); }

private:
    const win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    std::deque<std::optional<session>> sessions_;
};

// Says goodbye to a client, which has something to say all the same: its echo fails at once.
void let_a_send_fail(server& tested, client& visitor) {
    const exercise::counted_calls<decltype(::WSASend)> sends{"WSASend", L"ws2_32.dll"};
    exercise::expect("the client sees the end when the session has said goodbye");
    tested.session_of_last().say_goodbye();
    exercise::require(visitor.receive_to_end().empty(), "bytes");
    exercise::expect("the session receives what the client says after that, and tries to send it "
                     "back");
    const unsigned before = sends.begun();
    visitor.send("one word more");
    sends.wait_until_begun(before + 1);
}

TEST(announced, EachOperationIsAnnouncedBeforeItsCall) {
    exercise::about(each_announcement);
    server& tested = *new server;
    const pool_calls calls;
    client visitor = tested.connect();
    exercise::expect("the session sends back what its client sends");
    static_cast<void>(visitor.exchange("hello"));
    exercise::expect("the session ends");
    tested.end_last();
    exercise::expect(
        "each operation was announced before the call that starts it: its callback may "
        "be due before that call has returned");
    exercise::require(calls.too_early() == 0,
                      std::to_string(calls.too_early()) + " calls came before their announcement");
}

TEST(announced, BytesComeBack) {
    exercise::about(each_announcement);
    server& tested = *new server;
    client visitor = tested.connect();
    for (const std::string message : {"hello", "hello again"}) {
        exercise::expect("the session sends back what its client sends, \"" + message + "\"");
        const std::string got = visitor.exchange(message);
        exercise::require(got == message, "\"" + got + "\"");
    }
    exercise::expect("the session sends back 64 KiB, more than its buffer");
    const std::string message = harness::make_message(64 * 1024);
    exercise::require(visitor.exchange(message) == message, "other bytes");
}

TEST(announced, SilentClientsSessionEnds) {
    exercise::about(each_announcement);
    server& tested = *new server;
    client visitor = tested.connect();
    exercise::expect("the session ends while its client is connected and sends nothing");
    static_cast<void>(visitor.exchange("hello"));
    tested.end_last();
    exercise::expect("the client sees the end of its connection");
    visitor.wait_until_closed();
}

TEST(announced, SessionEndsAfterASendThatFailedAtOnce) {
    exercise::about(each_announcement);
    server& tested = *new server;
    client visitor = tested.connect();
    let_a_send_fail(tested, visitor);
    exercise::expect("the session ends after a send that has failed at once");
    tested.end_last();
}

TEST(announced, NothingIsLeftBehind) {
    exercise::about(each_announcement);
    server& tested = *new server;
    const pool_calls calls;
    const auto count = [&](const std::string& when) {
        exercise::expect(when + ", each announcement was followed by its callback, or taken back");
        exercise::require(calls.announced() == calls.called_back() + calls.taken_back(),
                          std::to_string(calls.announced()) + " announcements, " +
                              std::to_string(calls.called_back()) + " callbacks, and " +
                              std::to_string(calls.taken_back()) + " taken back");
    };
    for (int i = 0; i < 50; ++i) {
        const client silent = tested.connect();
        exercise::expect("the session ends while its client is connected and sends nothing");
        tested.end_last();
        count("when the session has ended");
    }
    client visitor = tested.connect();
    let_a_send_fail(tested, visitor);
    exercise::expect("the session ends after a send that has failed at once");
    tested.end_last();
    count("when the session has ended after a send that has failed at once");
}

} // namespace
