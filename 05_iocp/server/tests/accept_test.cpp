// Accepting: the limit of connections, and the events that must not end it.
#include "scripted_server.hpp"

#include "testing/machine/process_usage.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <set>
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
    // These clients are connected, but wait in the backlog.
    std::vector<client> outside = harness::connect_clients(server->port(), 10);
    for (client& each : outside)
        each.send("let me in");
    for (unsigned turn = 0; turn < 20; ++turn)
        for (client& each : inside)
            ASSERT_EQ(each.exchange("hello"), "hello");
    EXPECT_EQ(server->figures().accepted, 3u);
    for (client& each : outside)
        EXPECT_FALSE(each.has_something_to_read());

    // When one leaves, the next one comes in, in the order of arrival.
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

// The only place is taken, so all these clients are reset in the backlog. Windows may or may not
// give them to an accept, with any error.
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

// Notes every socket that is made. To ask every handle whether it is a socket would not do: a pipe
// that is being read may answer only after the read.
class made_sockets {
public:
    std::atomic<void*> original{nullptr};

    void forget() {
        const std::lock_guard lock{mutex_};
        list_.clear();
    }
    void add(SOCKET socket) {
        const std::lock_guard lock{mutex_};
        if (socket != INVALID_SOCKET)
            list_.insert(socket); // a set, since the value of a closed socket may be used again
    }
    [[nodiscard]] std::set<SOCKET> list() {
        const std::lock_guard lock{mutex_};
        return list_;
    }

private:
    std::mutex mutex_;
    std::set<SOCKET> list_;
};
made_sockets made;

SOCKET WSAAPI noted_socket(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                           GROUP group, DWORD flags) {
    const SOCKET result = reinterpret_cast<decltype(&::WSASocketW)>(made.original.load())(
        family, type, protocol, info, group, flags);
    made.add(result);
    return result;
}

// Otherwise a program that the handler starts with inherited handles would keep clients from seeing
// the end of their connections.
TEST_F(iocp_accept, NoSocketIsLeftToAProgramThatIsStarted) {
    made.forget();
    const trace::hook hook{"WSASocketW", L"ws2_32.dll", reinterpret_cast<void*>(&noted_socket),
                           &made.original};
    const std::span<const trace::hook> group{&hook, 1};
    const trace::import_patch patch{{&group, 1}};
    start();
    const std::vector<client> clients = harness::connect_clients(server->port(), 3);
    wait_until_open(3);
    unsigned sockets = 0;
    for (const SOCKET each : made.list()) {
        sockaddr_in name{};
        int size = sizeof name;
        DWORD flags = 0;
        if (::getsockname(each, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
            ::ntohs(name.sin_port) != server->port())
            continue; // a client's socket, or one for an accept
        ++sockets;
        ASSERT_TRUE(::GetHandleInformation(reinterpret_cast<HANDLE>(each), &flags));
        EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0u) << "socket " << sockets;
    }
    EXPECT_EQ(sockets, 4u) << "the listener and three connections";
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

// Calls stop() when the acceptor has decided to start one more operation, and notes whether the
// thread that starts it then cancels it.
//
// AcceptEx is in no import table. The server asks for it with WSAIoctl, and gets this one.
struct late_stop {
    std::atomic<void*> ioctl{nullptr};
    std::atomic<void*> cancel{nullptr};
    std::atomic<void*> collect{nullptr};
    std::atomic<LPFN_ACCEPTEX> accept{nullptr};
    std::atomic<iocp::server*> to_stop{nullptr}; // the server to stop in the next AcceptEx
    std::atomic<DWORD> late_thread{0};           // the thread that has called that AcceptEx
    std::atomic<bool> cancelled{false};
};
late_stop late;

BOOL PASCAL accept_after_stop(SOCKET listener, SOCKET socket, void* addresses, DWORD data_size,
                              DWORD local_size, DWORD remote_size, DWORD* bytes,
                              OVERLAPPED* overlapped) {
    iocp::server* const server = late.to_stop.exchange(nullptr);
    if (server != nullptr)
        server->stop(); // returns at once on a thread of the pool
    const BOOL done = late.accept.load()(listener, socket, addresses, data_size, local_size,
                                         remote_size, bytes, overlapped);
    if (server != nullptr)
        late.late_thread = ::GetCurrentThreadId();
    return done;
}

BOOL WINAPI noted_cancel(HANDLE file, OVERLAPPED* overlapped) {
    if (late.late_thread == ::GetCurrentThreadId())
        late.cancelled = true;
    return reinterpret_cast<decltype(&::CancelIoEx)>(late.cancel.load())(file, overlapped);
}

// Stops counting: from now on the thread's cancels may be those of a tick.
BOOL WINAPI noted_collect(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, PULONG count,
                          DWORD timeout, BOOL alertable) {
    if (late.late_thread == ::GetCurrentThreadId())
        late.late_thread = 0;
    return reinterpret_cast<decltype(&::GetQueuedCompletionStatusEx)>(late.collect.load())(
        port, entries, room, count, timeout, alertable);
}

int WSAAPI ioctl_with_late_stop(SOCKET socket, DWORD code, void* in, DWORD in_size, void* out,
                                DWORD out_size, DWORD* bytes, WSAOVERLAPPED* overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    const int result = reinterpret_cast<decltype(&::WSAIoctl)>(late.ioctl.load())(
        socket, code, in, in_size, out, out_size, bytes, overlapped, routine);
    const GUID accept_ex = WSAID_ACCEPTEX;
    if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER &&
        std::memcmp(in, &accept_ex, sizeof accept_ex) == 0) {
        LPFN_ACCEPTEX function = nullptr;
        std::memcpy(&function, out, sizeof function);
        late.accept = function;
        function = accept_after_stop;
        std::memcpy(out, &function, sizeof function);
    }
    return result;
}

// No thread may wait for another, and the operation that starts too late is cancelled too.
TEST_F(iocp_accept, StopBetweenTheDecisionAndAcceptEx) {
    const std::array<trace::hook, 3> hooks{
        {{"WSAIoctl", L"ws2_32.dll", reinterpret_cast<void*>(&ioctl_with_late_stop), &late.ioctl},
         {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(&noted_cancel), &late.cancel},
         {"GetQueuedCompletionStatusEx", L"kernel32.dll", reinterpret_cast<void*>(&noted_collect),
          &late.collect}}};
    const std::array<std::span<const trace::hook>, 1> groups{{hooks}};
    const trace::import_patch patch{groups};
    options.pending_accepts = 1;
    start();
    client first = connect();
    EXPECT_EQ(first.exchange("hello"), "hello");
    late.to_stop = &*server;
    client second = connect(); // takes the accept in flight, so that the next one is started
    first.wait_until_closed();
    second.wait_until_closed();
    stop();
    EXPECT_TRUE(late.cancelled);
}

} // namespace
