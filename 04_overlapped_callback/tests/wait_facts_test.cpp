// Facts about alertable waits: which calls make one, and whether a queued routine or a signaled
// object goes first.
#include "apc.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace {

using overlapped_callback_test::append;
using overlapped_callback_test::queue_to_this_thread;

class callback_wait_facts : public harness::facts {};

win32::unique_handle make_event(bool signaled = false) {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, signaled, nullptr)};
}

// Makes `call` with a routine in the queue, while another thread waits for that routine to run and
// only then makes `end`, which lets the call return. So the routine can run in nothing but the
// call, or the deadline passes before `end`. True: it has run in the call.
bool runs_a_routine(const std::function<void()>& call, const std::function<void()>& end) {
    const harness::watchdog limit{"a blocking call", std::chrono::seconds{30}};
    const win32::unique_handle ran = make_event();
    queue_to_this_thread([](ULONG_PTR event) { ::SetEvent(reinterpret_cast<HANDLE>(event)); },
                         ran.get());
    EXPECT_EQ(::WaitForSingleObject(ran.get(), 0), DWORD{WAIT_TIMEOUT});
    bool seen = false;
    std::thread peer{[&] {
        seen = ::WaitForSingleObject(ran.get(), harness::deadline) == WAIT_OBJECT_0;
        end();
    }};
    call();
    peer.join();
    ::SleepEx(0, TRUE); // the routine, if it has not run: its event is about to go
    return seen;
}

TEST_F(callback_wait_facts, AlertableWaitForAnEventRunsCallbacksToo) {
    const win32::unique_handle event = make_event();
    std::string order;
    queue_to_this_thread(append<'a'>, &order);
    // It ended, and not because of the event: look at the result, and wait again.
    EXPECT_EQ(::WaitForSingleObjectEx(event.get(), harness::deadline, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "a");
}

//! [order]
TEST_F(callback_wait_facts, QueuedCallbackGoesBeforeASignaledObject) {
    for (const bool signaled_first : {false, true}) {
        for (const DWORD timeout : {DWORD{0}, harness::deadline}) {
            const win32::unique_handle event = make_event(signaled_first);
            std::string order;
            queue_to_this_thread(append<'a'>, &order);
            ::SetEvent(event.get());
            EXPECT_EQ(::WaitForSingleObjectEx(event.get(), timeout, TRUE), WAIT_IO_COMPLETION);
            EXPECT_EQ(order, "a");
            // The event is signaled still: the next wait says so.
            EXPECT_EQ(::WaitForSingleObjectEx(event.get(), timeout, TRUE), WAIT_OBJECT_0);
            ::SleepEx(0, TRUE); // the routine, if it has not run: `order` is about to go
        }
    }
}
//! [order]

// As above, for the wait that the chapter's server makes.
TEST_F(callback_wait_facts, QueuedCallbackGoesBeforeASignaledEventOfWinsock) {
    const win32::unique_handle event = make_event(true);
    const WSAEVENT events[] = {event.get()};
    std::string order;
    queue_to_this_thread(append<'a'>, &order);
    EXPECT_EQ(::WSAWaitForMultipleEvents(1, events, FALSE, WSA_INFINITE, TRUE),
              WSA_WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "a");
    EXPECT_EQ(::WSAWaitForMultipleEvents(1, events, FALSE, WSA_INFINITE, TRUE), WSA_WAIT_EVENT_0);
    ::SleepEx(0, TRUE);
}

TEST_F(callback_wait_facts, BlockingReceiveIsAnAlertableWait) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    char byte = 0;
    // So a callback must make no blocking call itself: it may interrupt one that is under way.
    EXPECT_TRUE(runs_a_routine([&] { EXPECT_EQ(::recv(sockets.server.get(), &byte, 1, 0), 1); },
                               [&] { EXPECT_EQ(::send(sockets.client.get(), "x", 1, 0), 1); }));
}

TEST_F(callback_wait_facts, BlockingAcceptIsAnAlertableWait) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    const win32::unique_socket client = win32::make_tcp_socket();
    EXPECT_TRUE(runs_a_routine(
        [&] {
            const win32::unique_socket accepted{::accept(listener.get(), nullptr, nullptr)};
            EXPECT_TRUE(accepted);
        },
        [&] {
            EXPECT_EQ(
                ::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where),
                0);
        }));
}

TEST_F(callback_wait_facts, SelectIsAnAlertableWait) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(sockets.server.get(), &readable);
    EXPECT_TRUE(
        runs_a_routine([&] { EXPECT_EQ(::select(0, &readable, nullptr, nullptr, nullptr), 1); },
                       [&] { EXPECT_EQ(::send(sockets.client.get(), "x", 1, 0), 1); }));
}

TEST_F(callback_wait_facts, WsaPollIsAnAlertableWait) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    WSAPOLLFD one{sockets.server.get(), POLLRDNORM, 0};
    EXPECT_TRUE(runs_a_routine([&] { EXPECT_EQ(::WSAPoll(&one, 1, -1), 1); },
                               [&] { EXPECT_EQ(::send(sockets.client.get(), "x", 1, 0), 1); }));
}

TEST_F(callback_wait_facts, CallThatNeedNotWaitRunsNoCallback) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    WSAPOLLFD arrived{sockets.server.get(), POLLRDNORM, 0};
    ASSERT_EQ(::WSAPoll(&arrived, 1, static_cast<INT>(harness::deadline)), 1);
    std::string order;
    queue_to_this_thread(append<'a'>, &order);
    char byte = 0;
    EXPECT_EQ(::recv(sockets.server.get(), &byte, 1, 0), 1); // the byte is there: it does not block
    EXPECT_EQ(order, "");
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "a");
}

TEST_F(callback_wait_facts, WsaGetOverlappedResultIsNoAlertableWait) {
    const win32::unique_socket socket = win32::make_tcp_socket();
    const win32::unique_handle event = make_event(true);
    // An operation that seems to be pending, and its event is signaled: so the call has to wait,
    // and the wait ends by itself.
    OVERLAPPED pending{};
    pending.Internal = static_cast<ULONG_PTR>(STATUS_PENDING);
    pending.hEvent = event.get();
    std::string order;
    queue_to_this_thread(append<'a'>, &order);
    DWORD bytes = 0;
    DWORD flags = 0;
    EXPECT_TRUE(::WSAGetOverlappedResult(socket.get(), &pending, &bytes, TRUE, &flags));
    EXPECT_EQ(order, "");
    EXPECT_EQ(::SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQ(order, "a");
}

} // namespace
