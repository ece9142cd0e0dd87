// Facts about WSAPoll, and about the answers that mean that something went wrong.
#include "sockets.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace nonblocking_test;

class nonblocking_poll_facts : public harness::facts {};

TEST_F(nonblocking_poll_facts, WsaPollTakesMoreThan64Sockets) {
    std::vector<harness::socket_pair> pairs;
    std::vector<WSAPOLLFD> entries;
    for (int i = 0; i < 65; ++i) {
        pairs.push_back(harness::make_socket_pair());
        entries.push_back({pairs.back().server.get(), POLLRDNORM, 0});
    }
    ASSERT_EQ(::send(pairs[64].client.get(), "x", 1, 0), 1);
    EXPECT_EQ(::WSAPoll(entries.data(), static_cast<ULONG>(entries.size()), harness::deadline), 1);
    EXPECT_EQ(entries[63].revents, 0);
    EXPECT_EQ(entries[64].revents, POLLRDNORM);
}

TEST_F(nonblocking_poll_facts, ReadinessIsLevelTriggered) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_nonblocking(pair.server);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    EXPECT_TRUE(wait_until_readable(pair.server));
    // It is a state, not an event: told again and again, until the byte is taken.
    EXPECT_EQ(poll(pair.server, POLLRDNORM, 0), POLLRDNORM);
    char byte = 0;
    ASSERT_EQ(::recv(pair.server.get(), &byte, 1, 0), 1);
    EXPECT_EQ(poll(pair.server, POLLRDNORM, 0), 0);
}

TEST_F(nonblocking_poll_facts, IdleConnectionIsAlwaysWritable) {
    const harness::socket_pair pair = harness::make_socket_pair();
    // So ask for POLLWRNORM only while something waits to be sent, or the loop never rests.
    EXPECT_EQ(poll(pair.server, POLLRDNORM | POLLWRNORM, 0), POLLWRNORM);
    EXPECT_EQ(poll(pair.server, POLLRDNORM | POLLWRNORM, 0), POLLWRNORM);
}

//! [hangup]
TEST_F(nonblocking_poll_facts, WsaPollReportsTheEndOfTheStreamAsHangup) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    const int reported = poll(pair.server, POLLRDNORM, harness::deadline);
    // POLLHUP comes unasked, and without POLLRDNORM: a server that looks for that bit alone never
    // reads the end. And the peer has only finished sending: it may still wait for our answer.
    EXPECT_TRUE(reported & POLLHUP);
    EXPECT_FALSE(reported & POLLRDNORM);
    char byte = 0;
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), 0);
    EXPECT_EQ(::send(pair.server.get(), "x", 1, 0), 1);
}
//! [hangup]

// Before Windows 10 version 2004 WSAPoll never told of it:
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsapoll#remarks
TEST_F(nonblocking_poll_facts, WsaPollReportsAFailedConnectAsError) {
    const win32::unique_socket nobody = harness::bind_without_listening();
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    ASSERT_EQ(connect_to(client, win32::local_address(nobody.get())), SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
    EXPECT_TRUE(poll(client, POLLWRNORM, harness::deadline) & POLLERR);
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED);
}

TEST_F(nonblocking_poll_facts, WsaPollCallsAFailedConnectWritableToo) {
    const win32::unique_socket nobody = harness::bind_without_listening();
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    ASSERT_EQ(connect_to(client, win32::local_address(nobody.get())), SOCKET_ERROR);
    // So "writable" means "connected" to select only. Here it takes a look at POLLERR, or SO_ERROR.
    EXPECT_EQ(poll(client, POLLWRNORM, harness::deadline), POLLWRNORM | POLLHUP | POLLERR);
}

TEST_F(nonblocking_poll_facts, WsaPollReportsAResetAsErrorAndHangup) {
    harness::socket_pair pair = harness::make_socket_pair();
    harness::close_with_reset(pair.client);
    EXPECT_EQ(poll(pair.server, POLLRDNORM, harness::deadline), POLLERR | POLLHUP);
    EXPECT_EQ(poll(pair.server, POLLRDNORM | POLLWRNORM, 0), POLLERR | POLLHUP | POLLWRNORM);
}

TEST_F(nonblocking_poll_facts, WsaPollRefusesToBeAskedForErrors) {
    const harness::socket_pair pair = harness::make_socket_pair();
    for (const int events : {POLLERR, POLLHUP, POLLNVAL, POLLPRI}) {
        WSAPOLLFD entry{pair.server.get(), static_cast<SHORT>(POLLRDNORM | events), 0};
        // They come unasked. On Unix it does no harm to ask.
        EXPECT_EQ(::WSAPoll(&entry, 1, 0), SOCKET_ERROR) << events;
        EXPECT_EQ(::WSAGetLastError(), WSAEINVAL) << events;
    }
}

// No program may do this: see SelectCallsASocketReadableThatWasClosedMeanwhile.
TEST_F(nonblocking_poll_facts, WsaPollCallsASocketInvalidThatWasClosedMeanwhile) {
    harness::socket_pair pair = harness::make_socket_pair();
    WSAPOLLFD entry{pair.server.get(), POLLRDNORM, 0};
    int ready = 0;
    close_during(pair.server,
                 [&] { ready = ::WSAPoll(&entry, 1, static_cast<INT>(harness::deadline)); });
    EXPECT_EQ(ready, 1);
    EXPECT_EQ(entry.revents, POLLNVAL);
}

} // namespace
