// What the API really does: sockets whose calls return at once, and the calls that say when to ask
// again. At the end, what of this there is for files and pipes.
#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace {

class nonblocking_facts : public harness::facts {};

void set_nonblocking(const win32::unique_socket& socket, bool on = true) {
    u_long value = on ? 1 : 0;
    ASSERT_EQ(::ioctlsocket(socket.get(), static_cast<long>(FIONBIO), &value), 0);
}

// How long recv may block. So one that blocks against all expectation fails, and does not hang.
void limit_blocking(const win32::unique_socket& socket, DWORD milliseconds = harness::deadline) {
    ASSERT_EQ(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO,
                           reinterpret_cast<const char*>(&milliseconds), sizeof milliseconds),
              0);
}

// WSAPoll of one socket. Returns what it reports, 0 when there is nothing within `milliseconds`.
int poll(const win32::unique_socket& socket, SHORT events, INT milliseconds) {
    WSAPOLLFD entry{socket.get(), events, 0};
    return ::WSAPoll(&entry, 1, milliseconds) == 1 ? entry.revents : 0;
}

bool wait_until_readable(const win32::unique_socket& socket) {
    return (poll(socket, POLLRDNORM, harness::deadline) & POLLRDNORM) != 0;
}

bool wait_until_writable(const win32::unique_socket& socket) {
    return (poll(socket, POLLWRNORM, harness::deadline) & POLLWRNORM) != 0;
}

int connect_to(const win32::unique_socket& socket, const sockaddr_in& address) {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// A port where nobody listens, and that no other program gets while the socket lives.
win32::unique_socket bind_without_listening() {
    win32::unique_socket result = win32::make_tcp_socket();
    const sockaddr_in any_port = win32::make_address("127.0.0.1", 0);
    if (::bind(result.get(), reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) != 0)
        win32::throw_last_socket_error("bind");
    return result;
}

int pending_error(const win32::unique_socket& socket) {
    int error = -1;
    int size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
    return error;
}

// ---- Calls that do not wait

TEST_F(nonblocking_facts, RecvWithNothingToReadFailsWithWouldBlock) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_nonblocking(pair.server);
    char byte = 0;
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
}

//! [would-block-starts-nothing]
TEST_F(nonblocking_facts, WouldBlockStartsNothing) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_nonblocking(pair.server);
    char byte = '-';
    ASSERT_EQ(::recv(pair.server.get(), &byte, 1, 0), SOCKET_ERROR);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));
    // Non-blocking is not asynchronous: the call that failed is over and fills no buffer later.
    EXPECT_EQ(byte, '-');
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 'x');
}
//! [would-block-starts-nothing]

TEST_F(nonblocking_facts, AcceptWithNobodyWaitingFailsWithWouldBlock) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    set_nonblocking(listener);
    EXPECT_EQ(::accept(listener.get(), nullptr, nullptr), INVALID_SOCKET);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST_F(nonblocking_facts, SendFailsWithWouldBlockUntilThePeerReads) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_nonblocking(pair.client);
    std::vector<char> block(64 * 1024);
    long long sent = 0;
    int count = 0;
    int error = 0;
    for (int i = 0; i < 4096 && count >= 0; ++i) { // 256 MiB are more than any system buffers
        count = ::send(pair.client.get(), block.data(), static_cast<int>(block.size()), 0);
        error = ::WSAGetLastError();
        sent += count > 0 ? count : 0; // a send may take less than it was given
    }
    ASSERT_EQ(count, SOCKET_ERROR);
    EXPECT_EQ(error, WSAEWOULDBLOCK);

    limit_blocking(pair.server);
    while (sent > 0) {
        count = ::recv(pair.server.get(), block.data(), static_cast<int>(block.size()), 0);
        ASSERT_GT(count, 0);
        sent -= count;
    }
    ASSERT_TRUE(wait_until_writable(pair.client));
    EXPECT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
}

TEST_F(nonblocking_facts, NonblockingModeBelongsToTheSocketNotTheCall) {
    const harness::socket_pair pair = harness::make_socket_pair();
    limit_blocking(pair.server, 50);
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD bytes = 0;
    DWORD flags = 0;
    set_nonblocking(pair.server);
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK); // SO_RCVTIMEO has no say: nothing waits
    EXPECT_EQ(::WSARecv(pair.server.get(), &buffer, 1, &bytes, &flags, nullptr, nullptr),
              SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);

    set_nonblocking(pair.server, false);
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAETIMEDOUT); // the same call waits again
}

// "The newly created socket ... has the same properties as socket s":
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-accept
TEST_F(nonblocking_facts, AcceptedSocketInheritsTheMode) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    set_nonblocking(listener);
    const win32::unique_socket client = win32::make_tcp_socket();
    ASSERT_EQ(connect_to(client, win32::local_address(listener.get())), 0);
    ASSERT_TRUE(wait_until_readable(listener)); // for a listener: someone can be accepted
    const win32::unique_socket accepted{::accept(listener.get(), nullptr, nullptr)};
    ASSERT_TRUE(accepted);
    limit_blocking(accepted);
    char byte = 0;
    // On Linux accept gives a blocking socket whatever the listener is.
    EXPECT_EQ(::recv(accepted.get(), &byte, 1, 0), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST_F(nonblocking_facts, ConnectFailsWithWouldBlockAndFinishesLater) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    // Here, and only here, WSAEWOULDBLOCK means that something was started. Unix says EINPROGRESS.
    EXPECT_EQ(connect_to(client, win32::local_address(listener.get())), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
    EXPECT_TRUE(wait_until_writable(client));
    EXPECT_EQ(pending_error(client), 0);
    EXPECT_EQ(::send(client.get(), "x", 1, 0), 1);
}

// ---- select

TEST_F(nonblocking_facts, FailedConnectShowsInTheExceptSet) {
    const win32::unique_socket nobody = bind_without_listening();
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    ASSERT_EQ(connect_to(client, win32::local_address(nobody.get())), SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
    fd_set writable;
    FD_ZERO(&writable);
    FD_SET(client.get(), &writable);
    fd_set failed = writable;
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, nullptr, &writable, &failed, &limit), 1);
    // Who watches the write set alone, as on Unix, waits for ever.
    EXPECT_FALSE(FD_ISSET(client.get(), &writable));
    EXPECT_TRUE(FD_ISSET(client.get(), &failed));
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED);
}

TEST_F(nonblocking_facts, FdSetsizeIs64AndFdSetIgnoresMore) {
    EXPECT_EQ(FD_SETSIZE, 64);
    std::vector<win32::unique_socket> sockets;
    fd_set set;
    FD_ZERO(&set);
    for (int i = 0; i < 65; ++i) {
        sockets.push_back(win32::make_tcp_socket());
        FD_SET(sockets.back().get(), &set);
    }
    // No error and no overflow: the 65th is simply not watched, and its client never served.
    EXPECT_EQ(set.fd_count, 64u);
    EXPECT_TRUE(FD_ISSET(sockets[63].get(), &set));
    EXPECT_FALSE(FD_ISSET(sockets[64].get(), &set));
}

TEST_F(nonblocking_facts, SelectLeavesOnlyTheReadySocketsInItsSets) {
    const harness::socket_pair silent = harness::make_socket_pair();
    const harness::socket_pair busy = harness::make_socket_pair();
    ASSERT_EQ(::send(busy.client.get(), "x", 1, 0), 1);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(silent.server.get(), &readable);
    FD_SET(busy.server.get(), &readable);
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, &readable, nullptr, nullptr, &limit), 1);
    // So the sets are made anew before each call: here `silent` would be forgotten.
    EXPECT_TRUE(FD_ISSET(busy.server.get(), &readable));
    EXPECT_FALSE(FD_ISSET(silent.server.get(), &readable));
}

TEST_F(nonblocking_facts, SelectReportsTheEndOfTheStreamAsReadable) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pair.server.get(), &readable);
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, &readable, nullptr, nullptr, &limit), 1);
    char byte = 0;
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), 0); // readable means: recv would not wait
}

TEST_F(nonblocking_facts, SelectOfNothingFailsAndDoesNotSleep) {
    timeval no_time{0, 0};
    // On Unix a select without sockets is a way to sleep. A server without clients must know this.
    EXPECT_EQ(::select(0, nullptr, nullptr, nullptr, &no_time), SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAEINVAL);
}

// ---- WSAPoll

TEST_F(nonblocking_facts, WsaPollTakesMoreThan64Sockets) {
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

TEST_F(nonblocking_facts, ReadinessIsLevelTriggered) {
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

TEST_F(nonblocking_facts, IdleConnectionIsAlwaysWritable) {
    const harness::socket_pair pair = harness::make_socket_pair();
    // So ask for POLLWRNORM only while something waits to be sent, or the loop never rests.
    EXPECT_EQ(poll(pair.server, POLLRDNORM | POLLWRNORM, 0), POLLWRNORM);
    EXPECT_EQ(poll(pair.server, POLLRDNORM | POLLWRNORM, 0), POLLWRNORM);
}

//! [hangup]
TEST_F(nonblocking_facts, WsaPollReportsTheEndOfTheStreamAsHangup) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    const int reported = poll(pair.server, POLLRDNORM, harness::deadline);
    // Nobody asks for POLLHUP, and it comes without POLLRDNORM: who looks for that bit alone never
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
TEST_F(nonblocking_facts, WsaPollReportsAFailedConnectAsError) {
    const win32::unique_socket nobody = bind_without_listening();
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    ASSERT_EQ(connect_to(client, win32::local_address(nobody.get())), SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
    EXPECT_TRUE(poll(client, POLLWRNORM, harness::deadline) & POLLERR);
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED);
}

// ---- Files and pipes

//! [regular-file]
TEST_F(nonblocking_facts, ARegularFileHasNoNonblockingMode) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"three", "abc").c_str(),
                                                GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                                OPEN_EXISTING, 0, nullptr)};
    u_long yes = 1;
    const auto no_socket = reinterpret_cast<SOCKET>(file.get());
    EXPECT_EQ(::ioctlsocket(no_socket, static_cast<long>(FIONBIO), &yes), SOCKET_ERROR);
    DWORD mode = PIPE_NOWAIT;
    EXPECT_FALSE(::SetNamedPipeHandleState(file.get(), &mode, nullptr, nullptr));
    // Whatever was tried: ReadFile returns when the bytes are in the buffer, and not before.
    char buffer[3];
    DWORD read = 0;
    EXPECT_TRUE(::ReadFile(file.get(), buffer, sizeof buffer, &read, nullptr));
    EXPECT_EQ(std::string_view(buffer, read), "abc");
}
//! [regular-file]

TEST_F(nonblocking_facts, SelectAndWsaPollRefuseAFile) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"three", "abc").c_str(),
                                                GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0,
                                                nullptr)};
    const auto no_socket = reinterpret_cast<SOCKET>(file.get());
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(no_socket, &readable);
    timeval no_time{0, 0};
    EXPECT_EQ(::select(0, &readable, nullptr, nullptr, &no_time), SOCKET_ERROR);
    // With no valid socket at all the whole call fails, so a good one goes along.
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    WSAPOLLFD entries[] = {{no_socket, POLLRDNORM, 0}, {listener.get(), POLLRDNORM, 0}};
    EXPECT_NE(::WSAPoll(entries, 2, 0), SOCKET_ERROR);
    EXPECT_EQ(entries[0].revents, POLLNVAL);
}

// PIPE_NOWAIT is there for LAN Manager 2.0; Microsoft says not to use it:
// https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
struct nowait_pipe {
    nowait_pipe() {
        HANDLE ends[2];
        DWORD mode = PIPE_NOWAIT;
        if (!::CreatePipe(&ends[0], &ends[1], nullptr, 4096))
            win32::throw_last_error("CreatePipe");
        reader.reset(ends[0]);
        writer.reset(ends[1]);
        if (!::SetNamedPipeHandleState(reader.get(), &mode, nullptr, nullptr) ||
            !::SetNamedPipeHandleState(writer.get(), &mode, nullptr, nullptr))
            win32::throw_last_error("SetNamedPipeHandleState");
    }
    win32::unique_file reader;
    win32::unique_file writer;
};

TEST_F(nonblocking_facts, PipeNowaitReadFailsAtOnceWithNoData) {
    const nowait_pipe pipe;
    char byte = 0;
    DWORD count = 0;
    const BOOL ok = ::ReadFile(pipe.reader.get(), &byte, 1, &count, nullptr);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, DWORD{ERROR_NO_DATA});
    ASSERT_TRUE(::WriteFile(pipe.writer.get(), "x", 1, &count, nullptr));
    EXPECT_TRUE(::ReadFile(pipe.reader.get(), &byte, 1, &count, nullptr));
    EXPECT_EQ(byte, 'x');
}

TEST_F(nonblocking_facts, PipeNowaitWriteSucceedsWithFewerBytes) {
    const nowait_pipe pipe;
    const std::vector<char> block(1024 * 1024);
    DWORD written = 0;
    // TRUE, though not all of it went, or none at all: only the count tells.
    EXPECT_TRUE(::WriteFile(pipe.writer.get(), block.data(), static_cast<DWORD>(block.size()),
                            &written, nullptr));
    EXPECT_LT(written, block.size());
}

} // namespace
