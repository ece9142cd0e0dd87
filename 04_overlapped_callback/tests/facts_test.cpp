// Facts about overlapped operations that call a completion routine when they end.
#include "apc.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

namespace {

using overlapped_callback_test::append;
using overlapped_callback_test::queue_to_this_thread;

class callback_facts : public harness::facts {};

// One operation, with all that it lends to the kernel, and what its completion routine was told.
// The destructor takes it back, so a test that fails half-way leaves the kernel no pointer into a
// stack frame that is gone: cancel, wait for the end, let the routine run.
struct operation : OVERLAPPED {
    explicit operation(HANDLE file) : OVERLAPPED{}, handle{file} {}
    explicit operation(SOCKET socket) : operation{reinterpret_cast<HANDLE>(socket)} {}
    ~operation() {
        if (!HasOverlappedIoCompleted(this))
            ::CancelIoEx(handle, this);
        while (!HasOverlappedIoCompleted(this))
            ::SwitchToThread();
        while (::SleepEx(0, TRUE) == WAIT_IO_COMPLETION) {
        }
    }
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    const HANDLE handle;
    char data[16]{};
    WSABUF buffer{sizeof data, data};
    DWORD flags = 0;

    int calls = 0;
    DWORD error = 0;
    DWORD bytes = 0;
    DWORD thread = 0;
};

// The completion routine of ReadFileEx. The OVERLAPPED says which operation it was.
void CALLBACK on_file_done(DWORD error, DWORD bytes, OVERLAPPED* overlapped) {
    operation& done = *static_cast<operation*>(overlapped);
    ++done.calls;
    done.error = error;
    done.bytes = bytes;
    done.thread = ::GetCurrentThreadId();
}

// The completion routine of WSARecv: one parameter more.
void CALLBACK on_receive_done(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) {
    on_file_done(error, bytes, overlapped);
}

// WSARecv with a completion routine. Returns 0, WSA_IO_PENDING or another error.
int start_receive(SOCKET socket, operation& receive) {
    const int result =
        ::WSARecv(socket, &receive.buffer, 1, nullptr, &receive.flags, &receive, on_receive_done);
    return result == 0 ? 0 : ::WSAGetLastError();
}

// A connection whose server end has `text` waiting for it: a receive there ends at once.
harness::socket_pair make_socket_pair_with(std::string_view text) {
    harness::socket_pair sockets = harness::make_socket_pair();
    const int size = static_cast<int>(text.size());
    WSAPOLLFD arrived{sockets.server.get(), POLLRDNORM, 0};
    if (::send(sockets.client.get(), text.data(), size, 0) != size ||
        ::WSAPoll(&arrived, 1, static_cast<INT>(harness::deadline)) != 1)
        win32::throw_last_socket_error("make_socket_pair_with");
    return sockets;
}

// Not an alertable wait: it runs no callback.
bool becomes_signalled(HANDLE handle) {
    return ::WaitForSingleObject(handle, harness::deadline) == WAIT_OBJECT_0;
}

win32::unique_file open_overlapped(const std::filesystem::path& path) {
    return win32::unique_file{::CreateFileW(path.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING,
                                            FILE_FLAG_OVERLAPPED, nullptr)};
}

//! [alertable]
TEST_F(callback_facts, ApcRunsOnlyInAnAlertableWait) {
    const harness::socket_pair sockets = make_socket_pair_with("x");
    const win32::unique_handle never{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    operation receive{sockets.server.get()};
    ASSERT_EQ(start_receive(sockets.server.get(), receive), 0); // it has ended, its call is queued
    ::Sleep(0);
    ::WaitForSingleObject(never.get(), 0);
    ::WaitForSingleObjectEx(never.get(), 0, FALSE);
    EXPECT_EQ(receive.calls, 0) << "these waits are not alertable";
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(receive.calls, 1);
}
//! [alertable]

TEST_F(callback_facts, CallbackIsToldErrorBytesAndOverlapped) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    ASSERT_EQ(start_receive(sockets.server.get(), receive), WSA_IO_PENDING);
    ASSERT_EQ(::send(sockets.client.get(), "hello", 5, 0), 5);
    while (receive.calls == 0) // the routine counts, and finds the count through the OVERLAPPED
        ASSERT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(receive.error, 0u);
    EXPECT_EQ(std::string_view(receive.data, receive.bytes), "hello");
}

TEST_F(callback_facts, ImmediateSuccessStillCallsBack) {
    const harness::socket_pair sockets = make_socket_pair_with("hello");
    operation receive{sockets.server.get()};
    EXPECT_EQ(::WSARecv(sockets.server.get(), &receive.buffer, 1, nullptr, &receive.flags, &receive,
                        on_receive_done),
              0);
    EXPECT_EQ(receive.calls, 0) << "not inside the call either";
    // A program that handled the result right after the call would handle it twice.
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(receive.calls, 1);
    EXPECT_EQ(receive.bytes, 5u);
}

TEST_F(callback_facts, ImmediateFailureCallsNothing) {
    const win32::unique_socket unconnected = win32::make_tcp_socket();
    operation receive{unconnected.get()};
    EXPECT_EQ(start_receive(unconnected.get(), receive), WSAENOTCONN);
    receive.Internal = 0; // nothing was lent: the destructor has nothing to wait for
    EXPECT_EQ(::SleepEx(0, TRUE), 0u);
    EXPECT_EQ(receive.calls, 0);
}

TEST_F(callback_facts, CallbackRunsOnTheThreadThatIssuedTheOperation) {
    const harness::socket_pair sockets = make_socket_pair_with("x");
    const win32::unique_handle queued{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle others_turn_over{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::thread issuer{[&] {
        operation receive{sockets.server.get()};
        EXPECT_EQ(start_receive(sockets.server.get(), receive), 0);
        ::SetEvent(queued.get());
        EXPECT_TRUE(becomes_signalled(others_turn_over.get()));
        EXPECT_EQ(receive.calls, 0) << "the other thread's alertable wait did not run it";
        EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
        EXPECT_EQ(receive.thread, ::GetCurrentThreadId());
    }};
    EXPECT_TRUE(becomes_signalled(queued.get()));
    EXPECT_EQ(::SleepEx(0, TRUE), 0u);
    ::SetEvent(others_turn_over.get());
    issuer.join();
}

TEST_F(callback_facts, AllQueuedCallbacksRunInOneWait) {
    const harness::socket_pair sockets = make_socket_pair_with("abc");
    operation first{sockets.server.get()};
    operation second{sockets.server.get()};
    operation third{sockets.server.get()};
    for (operation* receive : {&first, &second, &third}) {
        receive->buffer.len = 1;
        ASSERT_EQ(start_receive(sockets.server.get(), *receive), 0);
    }
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(first.calls + second.calls + third.calls, 3);
}

TEST_F(callback_facts, HEventIsFreeForContext) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    std::string context;
    operation reading{file.get()};
    reading.Offset = 4;
    reading.hEvent = &context; // no handle at all, and no call minds
    const auto remember = [](DWORD error, DWORD bytes, OVERLAPPED* overlapped) {
        on_file_done(error, bytes, overlapped);
        static_cast<std::string*>(overlapped->hEvent)->assign("called");
    };
    ASSERT_TRUE(::ReadFileEx(file.get(), reading.data, 3, &reading, remember));
    ASSERT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(context, "called");
    EXPECT_EQ(std::string_view(reading.data, reading.bytes), "456");
}

TEST_F(callback_facts, EndOfFileComesAtOnceOrInTheCallback) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    operation reading{file.get()};
    reading.Offset = 10;
    if (::ReadFileEx(file.get(), reading.data, 4, &reading, on_file_done)) {
        ASSERT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
        EXPECT_EQ(reading.error, DWORD{ERROR_HANDLE_EOF}); // 38
    } else {
        EXPECT_EQ(::GetLastError(), DWORD{ERROR_HANDLE_EOF});
        reading.Internal = 0; // nothing was lent: the destructor has nothing to wait for
        EXPECT_EQ(::SleepEx(0, TRUE), 0u);
        EXPECT_EQ(reading.calls, 0) << "a failure at once calls nothing back";
    }
}

TEST_F(callback_facts, CancelledOperationCallsBackOnItsOwnThread) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    ASSERT_EQ(start_receive(sockets.server.get(), receive), WSA_IO_PENDING);
    std::thread{[&] {
        EXPECT_TRUE(::CancelIoEx(receive.handle, &receive));
    }}.join();
    EXPECT_EQ(receive.calls, 0);
    ASSERT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(receive.error, DWORD{ERROR_OPERATION_ABORTED}); // 995
    EXPECT_EQ(receive.thread, ::GetCurrentThreadId());
}

TEST_F(callback_facts, CallbackMayIssueTheNextOperation) {
    const harness::socket_pair sockets = make_socket_pair_with("ab");
    operation receive{sockets.server.get()};
    receive.buffer.len = 1;
    const auto again = [](DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) {
        on_file_done(error, bytes, overlapped);
        operation& done = *static_cast<operation*>(overlapped);
        if (done.calls == 1) {
            EXPECT_EQ(start_receive(reinterpret_cast<SOCKET>(done.handle), done), 0);
        }
    };
    ASSERT_EQ(::WSARecv(sockets.server.get(), &receive.buffer, 1, nullptr, &receive.flags, &receive,
                        again),
              0);
    while (receive.calls < 2)
        ASSERT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(receive.data[0], 'b');
}

//! [same-wait]
TEST_F(callback_facts, CallbackQueuedByACallbackRunsInTheSameWait) {
    struct chain {
        static void CALLBACK next(ULONG_PTR context) {
            int& left = *reinterpret_cast<int*>(context);
            if (--left > 0)
                queue_to_this_thread(next, &left);
        }
    };
    int left = 3;
    queue_to_this_thread(chain::next, &left);
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    // Had it queued itself without end, SleepEx would never have returned.
    EXPECT_EQ(left, 0);
}
//! [same-wait]

//! [nesting]
TEST_F(callback_facts, CallbacksNestOnlyThroughAnAlertableWaitInside) {
    struct nesting {
        bool wait;
        int depth = 0;
        int deepest = 0;
        static void CALLBACK enter(ULONG_PTR context) {
            nesting& self = *reinterpret_cast<nesting*>(context);
            self.deepest = std::max(self.deepest, ++self.depth);
            ::SleepEx(0, self.wait);
            --self.depth;
        }
    };
    for (const bool wait : {false, true}) {
        nesting state{wait};
        for (int i = 0; i < 3; ++i)
            queue_to_this_thread(nesting::enter, &state);
        EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
        // Each waiting callback runs the next one on top of itself, as deep as the queue is long.
        EXPECT_EQ(state.deepest, wait ? 3 : 1);
    }
}
//! [nesting]

TEST_F(callback_facts, QueueUserApcRunsInTheOrderOfTheCalls) {
    std::string order;
    queue_to_this_thread(append<'a'>, &order);
    queue_to_this_thread(append<'b'>, &order);
    queue_to_this_thread(append<'c'>, &order);
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "abc");
}

TEST_F(callback_facts, QueueUserApcWakesAnotherThread) {
    DWORD id = 0;
    DWORD result = 0;
    std::string order;
    const win32::unique_handle started{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::thread waiter{[&] {
        id = ::GetCurrentThreadId();
        ::SetEvent(started.get());
        result = ::SleepEx(harness::deadline, TRUE);
    }};
    EXPECT_TRUE(becomes_signalled(started.get()));
    const win32::unique_handle thread{::OpenThread(THREAD_SET_CONTEXT, FALSE, id)};
    EXPECT_TRUE(::QueueUserAPC(append<'a'>, thread.get(), reinterpret_cast<ULONG_PTR>(&order)));
    waiter.join();
    EXPECT_EQ(result, WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "a");
}

TEST_F(callback_facts, CallbacksOfAThreadThatEndedNeverRun) {
    std::string order;
    // So a thread with operations in flight must wait alertably until each has called back.
    std::thread{[&] {
        queue_to_this_thread(append<'a'>, &order);
    }}.join();
    EXPECT_EQ(order, "");
}

TEST_F(callback_facts, WaitableTimerCallsBackToo) {
    const win32::unique_handle timer{::CreateWaitableTimerW(nullptr, TRUE, nullptr)};
    const auto on_timer = [](void* context, DWORD, DWORD) {
        static_cast<std::string*>(context)->append("t");
    };
    std::string order;
    LARGE_INTEGER at_once{};
    at_once.QuadPart = -1; // 100 ns from now
    // A time limit for a loop of callbacks, with no thread and no handle to wait for.
    ASSERT_TRUE(::SetWaitableTimer(timer.get(), &at_once, 0, on_timer, &order, FALSE));
    EXPECT_EQ(::SleepEx(harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "t");
}

TEST_F(callback_facts, ReadFileExIsRefusedOnAHandleOfAPort) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    const win32::unique_handle port{::CreateIoCompletionPort(file.get(), nullptr, 0, 0)};
    ASSERT_TRUE(port);
    operation reading{file.get()};
    // A packet or a callback: one operation cannot be told of twice.
    ASSERT_FALSE(::ReadFileEx(file.get(), reading.data, 4, &reading, on_file_done));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
    reading.Internal = 0; // nothing was lent: the destructor has nothing to wait for
}

} // namespace
