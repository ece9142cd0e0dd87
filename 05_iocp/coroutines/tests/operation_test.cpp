#include "coroutine_fixture.hpp"
#include "echo_server.hpp"
#include "testing/client.hpp"
#include "testing/latch.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>

namespace coroutines {

class coroutine_operation : public coroutine_test {};

static_assert(std::is_nothrow_destructible_v<receive>);
static_assert(!std::is_move_constructible_v<receive>, "the kernel has its address");

namespace {

// What came of a receive.
struct outcome {
    DWORD bytes = 0;
    int error = 0;
    std::thread::id thread;
};

// Its buffer makes the frame large enough for guarded_memory.cpp.
task<> receive_once(SOCKET socket, const std::stop_token& stop, outcome& result) {
    std::array<char, 4096> buffer;
    try {
        result.bytes = co_await receive{socket, buffer, stop};
    } catch (const std::system_error& error) {
        result.error = error.code().value();
    }
    result.thread = std::this_thread::get_id();
}

// Hooks that a test puts before and after calls of Windows. They are called on any thread.
struct call_hooks {
    std::function<void()> before_receive{};
    std::function<void()> after_receive{};
    std::function<void()> before_cancel{};
    std::function<void()> before_post{};
};
call_hooks hooks;

std::atomic<void*> real_receive{};
std::atomic<void*> real_cancel{};
std::atomic<void*> real_post{};

int WSAAPI receive_hook(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags,
                        LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    if (hooks.before_receive)
        hooks.before_receive();
    const int result = reinterpret_cast<decltype(&::WSARecv)>(real_receive.load())(
        socket, buffers, count, bytes, flags, overlapped, routine);
    const int error = ::WSAGetLastError();
    if (hooks.after_receive)
        hooks.after_receive();
    ::WSASetLastError(error);
    return result;
}

BOOL WINAPI cancel_hook(HANDLE file, LPOVERLAPPED overlapped) {
    if (hooks.before_cancel)
        hooks.before_cancel();
    return reinterpret_cast<decltype(&::CancelIoEx)>(real_cancel.load())(file, overlapped);
}

BOOL WINAPI post_hook(HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped) {
    if (hooks.before_post)
        hooks.before_post();
    return reinterpret_cast<decltype(&::PostQueuedCompletionStatus)>(real_post.load())(
        port, bytes, key, overlapped);
}

const trace::hook all_hooks[] = {
    {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(receive_hook), &real_receive},
    {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(cancel_hook), &real_cancel},
    {"PostQueuedCompletionStatus", L"kernel32.dll", reinterpret_cast<void*>(post_hook), &real_post},
};
const std::span<const trace::hook> hook_tables[] = {all_hooks};

// While it lives, the hooks are called.
class hooked_calls {
public:
    explicit hooked_calls(call_hooks wanted) : patch_{hook_tables} { hooks = std::move(wanted); }
    ~hooked_calls() { hooks = {}; }

private:
    trace::import_patch patch_;
};

} // namespace

TEST_F(coroutine_operation, ReceiveBringsBytesAndThenTheEnd) {
    send_to_server("hello");
    outcome first;
    all.spawn(receive_once(server(), stop, first));
    run();
    EXPECT_EQ(first.bytes, 5u);
    connection.client.reset();
    outcome second;
    all.spawn(receive_once(server(), stop, second));
    run();
    EXPECT_EQ(second.bytes, 0u);
    EXPECT_EQ(second.error, 0);
}

TEST_F(coroutine_operation, CoroutineGoesOnWhereThePacketIsTaken) {
    outcome result;
    all.spawn(receive_once(server(), stop, result));
    send_to_server("x");
    std::thread other{[&] {
        run();
    }};
    const std::thread::id taker = other.get_id();
    other.join();
    EXPECT_EQ(result.bytes, 1u);
    EXPECT_EQ(result.thread, taker);
}

// The packet is taken, the coroutine ends, and its frame with the OVERLAPPED goes, all before the
// call has returned. A later touch of the frame crashes this program (guarded_memory.cpp).
TEST_F(coroutine_operation, PacketMayBeTakenBeforeTheCallReturns) {
    const harness::watchdog limit{"the packet"};
    send_to_server("x");
    harness::latch has_ended{1};
    const hooked_calls hooked{{.after_receive = [&] {
        has_ended.wait();
    }}};
    outcome result;
    std::thread other{[&] {
        port.run_one();
        has_ended.count_down();
    }};
    all.spawn(receive_once(server(), stop, result));
    other.join();
    EXPECT_EQ(all.running(), 0u);
    EXPECT_EQ(result.bytes, 1u);
}

TEST_F(coroutine_operation, CancelledAwaitThrows995) {
    const std::stop_callback on_stop{stop, cancel_io{reinterpret_cast<HANDLE>(server())}};
    outcome result;
    all.spawn(receive_once(server(), stop, result));
    EXPECT_EQ(all.running(), 1u);
    source.request_stop();
    EXPECT_EQ(all.running(), 1u) << "a cancel only asks";
    run();
    EXPECT_EQ(result.error, ERROR_OPERATION_ABORTED);
}

// The socket would be refused with another error.
TEST_F(coroutine_operation, AfterTheStopNoOperationStarts) {
    source.request_stop();
    outcome result;
    all.spawn(receive_once(INVALID_SOCKET, stop, result));
    EXPECT_EQ(all.running(), 0u);
    EXPECT_EQ(result.error, ERROR_OPERATION_ABORTED);
}

TEST_F(coroutine_operation, OperationThatFailsAtOnceThrowsItsError) {
    outcome result;
    all.spawn(receive_once(INVALID_SOCKET, stop, result));
    EXPECT_EQ(all.running(), 0u);
    EXPECT_EQ(result.error, WSAENOTSOCK);
}

namespace {

task<> try_twice(SOCKET socket, const std::stop_token& stop, std::array<int, 2>& errors) {
    for (int& error : errors) {
        outcome result;
        const task<> once = receive_once(socket, stop, result);
        co_await once;
        error = result.error;
    }
}

} // namespace

// A coroutine that goes on after the cancel is told again at each await, so it cannot hang.
TEST_F(coroutine_operation, CoroutineThatSwallowsTheCancelIsToldAgain) {
    const std::stop_callback on_stop{stop, cancel_io{reinterpret_cast<HANDLE>(server())}};
    std::array<int, 2> errors{};
    all.spawn(try_twice(server(), stop, errors));
    source.request_stop();
    run();
    EXPECT_EQ(errors[0], ERROR_OPERATION_ABORTED);
    EXPECT_EQ(errors[1], ERROR_OPERATION_ABORTED);
}

namespace {

task<> receive_with(SOCKET socket, const std::stop_token& stop, counted parameter, int& ends) {
    const counted local{ends};
    std::array<char, 4096> buffer;
    static_cast<void>(co_await receive{socket, buffer, stop});
    static_cast<void>(parameter);
    ADD_FAILURE() << "the cancel is lost";
}

} // namespace

TEST_F(coroutine_operation, CancelledCoroutineRunsItsDestructors) {
    const std::stop_callback on_stop{stop, cancel_io{reinterpret_cast<HANDLE>(server())}};
    int ended = 0;
    all.spawn(receive_with(server(), stop, counted{ended}, ended));
    source.request_stop();
    EXPECT_EQ(ended, 0);
    run();
    EXPECT_EQ(ended, 2);
}

// A worker has looked at the token and has not made its call yet when stop() comes. A cancel now
// would find nothing to cancel, and the receive would wait for ever.
TEST(coroutine_echo_server, StopCancelsOnlyWhenNoThreadIsBeforeItsCall) {
    const harness::watchdog limit{"stop()"};
    std::atomic<bool> armed{false};
    std::atomic<int> inside{0};
    std::atomic<int> lost{0};
    harness::latch is_inside{1};
    harness::latch stop_has_begun{1};
    std::once_flag once;
    const auto begin = [&] {
        std::call_once(once, [&] { stop_has_begun.count_down(); });
    };
    const hooked_calls hooked{{.before_receive =
                                   [&] {
                                       if (!armed.exchange(false))
                                           return;
                                       ++inside;
                                       is_inside.count_down();
                                       stop_has_begun.wait();
                                       --inside;
                                   },
                               .before_cancel =
                                   [&] {
                                       lost += inside;
                                       begin();
                                   },
                               .before_post = begin}};
    echo_server server;
    armed = true;
    const harness::client visitor{server.port()};
    is_inside.wait();
    server.stop();
    EXPECT_EQ(lost, 0);
}

// A client connects when the workers have ended, just before the accepts are cancelled.
TEST(coroutine_echo_server, ClientThatComesAtTheStopIsReset) {
    const harness::watchdog limit{"stop()"};
    harness::client late;
    std::uint16_t port = 0;
    const hooked_calls hooked{{.before_cancel = [&] {
        if (port != 0)
            late.connect(std::exchange(port, std::uint16_t{0}));
    }}};
    echo_server server;
    port = server.port();
    server.stop();
    EXPECT_TRUE(was_reset(late.native()));
}

namespace {

// A coroutine whose frame the test owns, as no coroutine of ours does.
struct owned_frame {
    struct promise_type {
        owned_frame get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_always final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> frame;
};

owned_frame receive_in(SOCKET socket, const std::stop_token& stop) {
    char byte = 0;
    static_cast<void>(co_await receive{socket, {&byte, 1}, stop});
}

} // namespace

// The program that it ends is another one: this test once more, told so by a variable.
TEST_F(coroutine_operation, DestroyingAFrameInFlightEndsTheProgram) {
    constexpr const wchar_t* variable = L"TUTORIAL_TEST_DESTROYS_A_FRAME";
    if (::GetEnvironmentVariableW(variable, nullptr, 0) != 0) {
        std::set_terminate([] { ::ExitProcess(42); });
        receive_in(server(), stop).frame.destroy();
        return;
    }
    std::wstring program(32768, L'\0'); // the longest path there is
    ASSERT_NE(::GetModuleFileNameW(nullptr, program.data(), static_cast<DWORD>(program.size())),
              DWORD{0});
    std::wstring command = L"test --gtest_filter="
                           L"coroutine_operation.DestroyingAFrameInFlightEndsTheProgram";
    STARTUPINFOW start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION process{};
    ASSERT_TRUE(::SetEnvironmentVariableW(variable, L"1"));
    const BOOL has_started = ::CreateProcessW(program.c_str(), command.data(), nullptr, nullptr,
                                              FALSE, 0, nullptr, nullptr, &start, &process);
    ::SetEnvironmentVariableW(variable, nullptr);
    ASSERT_TRUE(has_started);
    const win32::unique_handle started{process.hProcess};
    const win32::unique_handle its_thread{process.hThread};
    DWORD code = 0;
    EXPECT_EQ(::WaitForSingleObject(started.get(), harness::deadline), DWORD{WAIT_OBJECT_0});
    EXPECT_TRUE(::GetExitCodeProcess(started.get(), &code));
    EXPECT_EQ(code, 42u);
}

} // namespace coroutines
