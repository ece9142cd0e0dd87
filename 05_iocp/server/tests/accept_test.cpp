// Accepting: the limit, and what must not end it.
#include "scripted_server.hpp"

#include "testing/process_usage.hpp"

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

} // namespace
