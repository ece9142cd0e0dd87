// Accepting: the limit, and what must not end it.
#include "scripted_server.hpp"

#include "testing/process_usage.hpp"
#include "trace/import_table.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

using iocp_accept = scripted_server;

TEST_F(iocp_accept, LimitIsReachedAndLeft) {
    options.max_connections = 3;
    std::atomic<int> most{0};
    std::atomic<int> now{0};
    user.open = [&](session&) {
        const int count = ++now;
        int before = most;
        while (before < count && !most.compare_exchange_weak(before, count)) {
        }
    };
    user.close = [&](session&, std::error_code) {
        --now;
    };
    start();
    std::vector<client> inside = harness::connect_clients(server->port(), 3);
    for (client& each : inside)
        ASSERT_EQ(each.exchange("hello"), "hello");
    // These are connected, as far as they know: they are in the backlog.
    std::vector<client> outside = harness::connect_clients(server->port(), 10);
    for (client& each : outside)
        each.send("let me in");
    for (unsigned turn = 0; turn < 20; ++turn)
        for (client& each : inside)
            ASSERT_EQ(each.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().accepted, 3u);
    for (client& each : outside)
        EXPECT_FALSE(each.has_something_to_read());

    // One leaves, the next one comes in; in order of arrival.
    for (client& leaving : inside)
        leaving.half_close();
    for (client& each : outside) {
        EXPECT_EQ(each.receive_exactly(9), "let me in");
        each.half_close();
        EXPECT_EQ(each.receive_to_end(), "");
    }
    wait_until_open(0);
    EXPECT_EQ(server->figures().accepted, 13u);
    EXPECT_EQ(most, 3);
    stop();
}

TEST_F(iocp_accept, OneAtATimeServesAll) {
    options.max_connections = 1;
    start();
    for (unsigned i = 0; i < 200; ++i) {
        client visitor = connect();
        ASSERT_EQ(visitor.exchange("hello"), "hello") << "client " << i;
        if (i % 2 == 0)
            visitor.reset();
    }
    wait_until_open(0);
    EXPECT_EQ(server->figures().accepted, 200u);
}

// With room for one, and that one taken, all these are reset in the backlog. Whether Windows gives
// them to an accept, and with which error, is its affair.
TEST_F(iocp_accept, ClientsThatAreGoneBeforeTheirTurnHurtNobody) {
    options.max_connections = 1;
    start();
    client inside = connect();
    ASSERT_EQ(inside.exchange("hello"), "hello");
    std::vector<client> gone = harness::connect_clients(server->port(), 50);
    for (client& each : gone)
        each.reset();
    client patient = connect();
    inside.close();
    EXPECT_EQ(patient.exchange("at last"), "at last");
}

TEST_F(iocp_accept, BurstOfClientsBeyondThePendingAcceptsIsServed) {
    options.pending_accepts = 2;
    start();
    std::vector<client> visitors = harness::connect_clients(server->port(), 150);
    for (client& each : visitors)
        each.send("hello");
    for (client& each : visitors)
        ASSERT_EQ(each.receive_exactly(5), "hello");
}

// A program that the handler starts, and that inherits handles, would else keep clients from seeing
// the end of their connections.
TEST_F(iocp_accept, NoSocketIsLeftToAProgramThatIsStarted) {
    start();
    const std::vector<client> clients = harness::connect_clients(server->port(), 3);
    wait_until_open(3);
    unsigned sockets = 0;
    const watchdog limit{"looking through the handles"};
    for (SOCKET handle = 4; handle < 0x4000; handle += 4) { // each multiple of 4 may be a handle
        sockaddr_in name{};
        int size = sizeof name;
        DWORD flags = 0;
        if (::getsockname(handle, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
            ::ntohs(name.sin_port) != server->port())
            continue;
        ++sockets;
        ASSERT_TRUE(::GetHandleInformation(reinterpret_cast<HANDLE>(handle), &flags));
        EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0u) << "socket " << sockets;
    }
    EXPECT_GE(sockets, 4u) << "the listener and three connections";
    stop();
}

TEST_F(iocp_accept, ConnectionsOneAfterAnotherLeaveNothingBehind) {
    start();
    client bystander = connect();
    ASSERT_EQ(bystander.exchange("hello"), "hello");
    const harness::process_usage before = harness::measure_process();
    for (unsigned i = 0; i < 300; ++i) {
        client visitor = connect();
        ASSERT_EQ(visitor.exchange("hello"), "hello");
    }
    const harness::process_usage after = harness::wait_for_usage_within(before, 5);
    EXPECT_TRUE(harness::is_within(after, before, 5)) << "from " << before << " to " << after;
}

// AcceptEx is in no import table: the server asks for it with WSAIoctl, and gets ours.
std::atomic<void*> system_ioctl{nullptr};
std::atomic<LPFN_ACCEPTEX> system_accept{nullptr};
std::function<void()> before_accept;

BOOL PASCAL hooked_accept(SOCKET listener, SOCKET socket, void* addresses, DWORD data_size,
                          DWORD local_size, DWORD remote_size, DWORD* bytes,
                          OVERLAPPED* overlapped) {
    before_accept();
    return system_accept.load()(listener, socket, addresses, data_size, local_size, remote_size,
                                bytes, overlapped);
}

int WSAAPI hooked_ioctl(SOCKET socket, DWORD code, void* in, DWORD in_size, void* out,
                        DWORD out_size, DWORD* bytes, WSAOVERLAPPED* overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    const int result = reinterpret_cast<decltype(&::WSAIoctl)>(system_ioctl.load())(
        socket, code, in, in_size, out, out_size, bytes, overlapped, routine);
    const GUID accept_ex = WSAID_ACCEPTEX;
    if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER &&
        std::memcmp(in, &accept_ex, sizeof accept_ex) == 0) {
        LPFN_ACCEPTEX function = nullptr;
        std::memcpy(&function, out, sizeof function);
        system_accept = function;
        function = hooked_accept;
        std::memcpy(out, &function, sizeof function);
    }
    return result;
}

// The acceptor has decided to start one more, and stop() comes first: nobody may wait for anybody,
// and the operation that starts too late is collected as well.
TEST_F(iocp_accept, StopBetweenTheDecisionAndAcceptEx) {
    const std::array<trace::hook, 1> hooks{
        {{"WSAIoctl", L"ws2_32.dll", reinterpret_cast<void*>(&hooked_ioctl), &system_ioctl}}};
    const std::array<std::span<const trace::hook>, 1> groups{{hooks}};
    const trace::import_patch patch{groups};
    options.pending_accepts = 1;
    std::atomic<bool> stop_now{false};
    occasion stopping;
    before_accept = [&] {
        if (!stop_now)
            return;
        server->stop(); // on a thread of the pool: it does not wait for the end
        stopping.happen();
    };
    start();
    client first = connect();
    EXPECT_EQ(first.exchange("hello"), "hello");
    harness::wait_until([&] { return server->figures().accepted == 1; });
    stop_now = true;
    client second = connect(); // takes the accept in flight: so the next one is started
    EXPECT_TRUE(stopping.wait());
    stop();
    first.wait_until_closed();
    second.wait_until_closed();
}

} // namespace
