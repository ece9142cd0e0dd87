#include "receive.hpp"

#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <system_error>
#include <thread>

namespace {

using late::receive;

const exercise::rule nothing_after_the_call{
    "after a call that has started the operation, nothing of the frame is touched: the coroutine "
    "may have gone on, ended, and freed it",
    "05_iocp/coroutines/README.md", "The operation"};

// A coroutine that starts at once, and whose frame goes by itself at its end.
struct detached {
    struct promise_type {
        detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

// What has come of a coroutine.
struct outcome {
    std::string got;
    int error = 0;
    std::atomic<int> ended{0};
};

// Receives until it has `size` bytes, or the end, or an error. The buffer makes its frame so large
// that its pages are taken away with it: a touch that comes too late crashes.
detached receive_all(SOCKET socket, std::size_t size, outcome& result) {
    std::array<char, 4096> buffer{};
    try {
        while (result.got.size() < size) {
            const DWORD bytes = co_await receive{socket, buffer};
            if (bytes == 0)
                break;
            result.got.append(buffer.data(), bytes);
        }
    } catch (const std::system_error& error) {
        result.error = error.code().value();
    }
    ++result.ended;
}

// A connection, and the port of its server's end.
struct connection {
    connection() {
        exercise::require(::CreateIoCompletionPort(reinterpret_cast<HANDLE>(server()), port.get(),
                                                   0, 0) != nullptr,
                          "CreateIoCompletionPort failed");
    }

    [[nodiscard]] SOCKET server() const { return pair.server.get(); }

    void send(const std::string& bytes) const {
        exercise::require(::send(pair.client.get(), bytes.data(), static_cast<int>(bytes.size()),
                                 0) == static_cast<int>(bytes.size()),
                          "the check's client cannot send");
    }

    void wait_until_readable() const {
        WSAPOLLFD what{server(), POLLRDNORM, 0};
        exercise::require(::WSAPoll(&what, 1, static_cast<INT>(harness::deadline)) == 1,
                          "the bytes do not arrive");
    }

    // Takes a packet, and completes its operation. False if none was there within `milliseconds`.
    bool run_one(DWORD milliseconds = INFINITE) const {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        const BOOL good =
            ::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, milliseconds);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        if (done == nullptr)
            return false;
        static_cast<receive*>(done)->complete(error, bytes);
        return true;
    }

    const harness::socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
};

// While one lives, `after_call` is called when a WSARecv has done its work, and has not returned to
// the program yet: the scheduler may stop a thread there for any time.
class stopped_receives {
public:
    explicit stopped_receives(std::function<void()> after_call) { then_ = std::move(after_call); }
    ~stopped_receives() { then_ = {}; }
    stopped_receives(const stopped_receives&) = delete;
    stopped_receives& operator=(const stopped_receives&) = delete;

private:
    static int WSAAPI call(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes,
                           LPDWORD flags, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        const int result = reinterpret_cast<decltype(&::WSARecv)>(system_.load())(
            socket, buffers, count, bytes, flags, overlapped, routine);
        const int error = ::WSAGetLastError();
        then_();
        ::WSASetLastError(error);
        return result;
    }

    static inline std::atomic<void*> system_{nullptr};
    static inline std::function<void()> then_;

    const std::array<trace::hook, 1> hooks_{
        {{"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&call), &system_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

// Something that happens once.
class occasion {
public:
    void happen() {
        const std::lock_guard lock{mutex_};
        has_happened_ = true;
        changed_.notify_all();
    }

    // Returns when it has happened, or after `most`.
    void wait(std::chrono::seconds most) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, most, [this] { return has_happened_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_happened_ = false;
};

TEST(late, BytesComeIn) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    exercise::expect("a coroutine receives \"hello\", and the end of the stream after it");
    receive_all(tested.server(), 100, result);
    tested.send("hello");
    tested.run_one();
    ::shutdown(tested.pair.client.get(), SD_SEND);
    tested.run_one();
    exercise::require(result.ended == 1 && result.error == 0 && result.got == "hello",
                      "\"" + result.got + "\", error " + std::to_string(result.error));
}

TEST(late, FailureAtOnceIsThrown) {
    exercise::about(nothing_after_the_call);
    outcome result;
    exercise::expect(
        "a receive that fails at once throws in the coroutine: error 10038, for what is "
        "no socket");
    receive_all(INVALID_SOCKET, 100, result);
    exercise::require(result.ended == 1 && result.error == WSAENOTSOCK,
                      result.ended == 0 ? "the coroutine still waits"
                                        : "error " + std::to_string(result.error));
}

TEST(late, BytesThatAreThereAlreadyResumeOnce) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    tested.send("hello");
    tested.wait_until_readable();
    exercise::expect("a coroutine receives 5 bytes that are there already, and ends once");
    receive_all(tested.server(), 5, result);
    tested.run_one(); // success at once has a packet, too
    exercise::require(result.ended == 1 && result.error == 0 && result.got == "hello",
                      "\"" + result.got + "\", error " + std::to_string(result.error) +
                          ", and it has ended " + std::to_string(result.ended) + " times");
}

// Where complete() waits for the other thread's call, or leaves the resuming to it, the call is not
// held up for ever.
constexpr std::chrono::seconds long_enough{2};

TEST(late, CoroutineMayEndBeforeTheCallReturns) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    tested.send("hello");
    tested.wait_until_readable();
    exercise::expect("thread B takes the packet while thread A's WSARecv has not returned; the "
                     "coroutine ends there, and A touches nothing of its frame any more");
    occasion has_been_taken;
    std::thread other{[&] {
        tested.run_one();
        has_been_taken.happen();
    }};
    {
        const stopped_receives stopped{[&] {
            has_been_taken.wait(long_enough);
        }};
        receive_all(tested.server(), 5, result);
    }
    other.join();
    exercise::require(result.ended == 1 && result.error == 0 && result.got == "hello",
                      "\"" + result.got + "\", error " + std::to_string(result.error));
}

// The same, but the coroutine goes on to its next receive: the same object, at the same place.
TEST(late, CoroutineMayAwaitAgainBeforeTheCallReturns) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    tested.send("hello");
    tested.wait_until_readable();
    exercise::expect("thread B takes the packet while thread A's WSARecv has not returned; the "
                     "coroutine begins its next receive there, and A touches nothing of it");
    occasion has_been_taken;
    std::atomic<int> calls{0};
    std::thread other{[&] {
        tested.run_one();
        has_been_taken.happen();
    }};
    {
        const stopped_receives stopped{[&] {
            if (calls++ == 0)
                has_been_taken.wait(long_enough);
        }};
        receive_all(tested.server(), 10, result);
        other.join();
    }
    tested.send("world");
    tested.run_one();
    exercise::require(result.ended == 1 && result.error == 0 && result.got == "helloworld",
                      "\"" + result.got + "\", error " + std::to_string(result.error));
}

} // namespace
