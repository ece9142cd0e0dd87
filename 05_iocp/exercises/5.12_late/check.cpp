#include "receive.hpp"

#include "stopped_receives.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <string>
#include <system_error>
#include <thread>

namespace {

using exercise::occasion;
using exercise::stopped_receives;
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

enum class bytes_come { before_the_call, when_it_waits };

// A coroutine receives `size` bytes. Thread B takes the packet of its first five while this
// thread's WSARecv has not returned.
void receive_hurried(const connection& tested, std::size_t size, bytes_come come, outcome& result) {
    if (come == bytes_come::before_the_call) {
        tested.send("hello");
        tested.wait_until_readable();
    }
    occasion has_been_taken;
    std::atomic<int> calls{0};
    std::thread other{[&] {
        tested.run_one();
        has_been_taken.happen();
    }};
    {
        const stopped_receives stopped{[&] {
            if (calls++ != 0)
                return;
            if (come == bytes_come::when_it_waits)
                tested.send("hello");
            has_been_taken.wait(long_enough);
        }};
        receive_all(tested.server(), size, result);
        other.join();
    }
}

void require_received(const outcome& result, const std::string& wanted) {
    exercise::require(result.ended == 1 && result.error == 0 && result.got == wanted,
                      "\"" + result.got + "\", error " + std::to_string(result.error));
}

TEST(late, CoroutineMayEndBeforeTheCallReturns) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    exercise::expect("thread B takes the packet while thread A's WSARecv has not returned; the "
                     "coroutine ends there, and A touches nothing of its frame any more");
    receive_hurried(tested, 5, bytes_come::before_the_call, result);
    require_received(result, "hello");
}

// The same, but the coroutine goes on to its next receive: the same object, at the same place.
TEST(late, CoroutineMayAwaitAgainBeforeTheCallReturns) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    exercise::expect("thread B takes the packet while thread A's WSARecv has not returned; the "
                     "coroutine begins its next receive there, and A touches nothing of it");
    receive_hurried(tested, 10, bytes_come::before_the_call, result);
    tested.send("world");
    tested.run_one();
    require_received(result, "helloworld");
}

// A receive that has to wait says so by error 997, and its packet may come before that.
TEST(late, CoroutineThatWaitsMayEndBeforeTheCallReturns) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    exercise::expect("the bytes come while thread A's WSARecv has begun to wait for them and has "
                     "not returned; the coroutine ends on thread B, and A touches nothing of its "
                     "frame any more");
    receive_hurried(tested, 5, bytes_come::when_it_waits, result);
    require_received(result, "hello");
}

// A receive whose coroutine goes on before the call has returned, and is stopped there: it reads
// its result when await_suspend() has returned on the other thread.
struct overtaken_receive {
    receive what;
    occasion& resumed;
    occasion& returned;

    bool await_ready() const noexcept { return what.await_ready(); }

    bool await_suspend(std::coroutine_handle<> waiter) noexcept {
        occasion& over = returned; // *this may be gone after the call
        const bool suspended = what.await_suspend(waiter);
        over.happen();
        return suspended;
    }

    DWORD await_resume() const {
        resumed.happen();
        returned.wait(long_enough);
        return what.await_resume();
    }
};

detached receive_once(SOCKET socket, occasion& resumed, occasion& returned, outcome& result) {
    std::array<char, 5> buffer{};
    try {
        const DWORD bytes = co_await overtaken_receive{{socket, buffer}, resumed, returned};
        result.got.assign(buffer.data(), bytes);
    } catch (const std::system_error& error) {
        result.error = error.code().value();
    }
    ++result.ended;
}

TEST(late, WaitingIsNoError) {
    exercise::about(nothing_after_the_call);
    const connection tested;
    outcome result;
    occasion resumed;
    occasion returned;
    exercise::expect("the bytes come while thread A's WSARecv has begun to wait for them and has "
                     "not returned; the coroutine goes on with them on thread B, and A's 997 does "
                     "not become its error");
    std::thread other{[&] {
        tested.run_one();
    }};
    {
        const stopped_receives stopped{[&] {
            tested.send("hello");
            resumed.wait(long_enough);
        }};
        receive_once(tested.server(), resumed, returned, result);
        other.join();
    }
    require_received(result, "hello");
}

} // namespace
