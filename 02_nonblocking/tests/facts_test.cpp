// Facts about sockets whose calls return at once, and about the calls that say when to ask again.
// At the end: how far files and pipes have such a mode.
#include "sockets.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace {

using namespace nonblocking_test;

class nonblocking_facts : public harness::facts {};

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

// "the number of bytes written can be between 1 and the requested length", says the page; Windows
// takes all of them as long as not too much waits already:
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-send#remarks
TEST_F(nonblocking_facts, NonblockingSendTakesAllOrNothing) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_nonblocking(pair.client);
    int buffered = 0;
    int size = sizeof buffered;
    ASSERT_EQ(::getsockopt(pair.client.get(), SOL_SOCKET, SO_SNDBUF,
                           reinterpret_cast<char*>(&buffered), &size),
              0);
    const std::vector<char> block(16 * 1024 * 1024);
    ASSERT_LT(buffered, static_cast<int>(block.size())); // SO_SNDBUF bounds no single send
    int sends = 0;
    int count = 0;
    do {
        count = ::send(pair.client.get(), block.data(), static_cast<int>(block.size()), 0);
    } while (count == static_cast<int>(block.size()) && ++sends < 16);
    EXPECT_GT(sends, 0);
    EXPECT_EQ(count, SOCKET_ERROR) << "bytes, and not all";
    EXPECT_EQ(::WSAGetLastError(), WSAEWOULDBLOCK);
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
    const win32::unique_socket nobody = harness::bind_without_listening();
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
    // A program that watches the write set alone, as on Unix, waits for ever.
    EXPECT_FALSE(FD_ISSET(client.get(), &writable));
    EXPECT_TRUE(FD_ISSET(client.get(), &failed));
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED);
}

// "Retrieves error status and clear", says the page; Windows does not clear it:
// https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-getsockopt#remarks
TEST_F(nonblocking_facts, SoErrorStaysWhenItHasBeenRead) {
    const win32::unique_socket nobody = harness::bind_without_listening();
    const win32::unique_socket client = win32::make_tcp_socket();
    set_nonblocking(client);
    ASSERT_EQ(connect_to(client, win32::local_address(nobody.get())), SOCKET_ERROR);
    fd_set failed;
    FD_ZERO(&failed);
    FD_SET(client.get(), &failed);
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, nullptr, nullptr, &failed, &limit), 1);
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED);
    EXPECT_EQ(pending_error(client), WSAECONNREFUSED); // On Unix it is 0 by now.
}

TEST_F(nonblocking_facts, ResetIsReadableAndWritableAndNoException) {
    harness::socket_pair pair = harness::make_socket_pair();
    harness::close_with_reset(pair.client);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pair.server.get(), &readable);
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, &readable, nullptr, nullptr, &limit), 1);
    fd_set writable = readable;
    fd_set failed = readable;
    // The third set is for a connect that failed, and for urgent bytes. An error of a connection
    // is told by the next call on it.
    EXPECT_EQ(::select(0, &readable, &writable, &failed, &limit), 2);
    EXPECT_TRUE(FD_ISSET(pair.server.get(), &readable));
    EXPECT_TRUE(FD_ISSET(pair.server.get(), &writable));
    EXPECT_FALSE(FD_ISSET(pair.server.get(), &failed));
}

TEST_F(nonblocking_facts, SoErrorIsZeroAfterAReset) {
    harness::socket_pair pair = harness::make_socket_pair();
    harness::close_with_reset(pair.client);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pair.server.get(), &readable);
    timeval limit{harness::deadline / 1000, 0};
    ASSERT_EQ(::select(0, &readable, nullptr, nullptr, &limit), 1);
    char byte = 0;
    EXPECT_LE(::recv(pair.server.get(), &byte, 1, 0), 0);
    // The connection is lost, and SO_ERROR knows nothing of it: it is about connect.
    EXPECT_EQ(pending_error(pair.server), 0);
}

// No program may do this, "a Winsock client must never issue closesocket on s concurrently with
// another Winsock function call", for the number may be another socket's at once:
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-closesocket#remarks
TEST_F(nonblocking_facts, SelectCallsASocketReadableThatWasClosedMeanwhile) {
    harness::socket_pair pair = harness::make_socket_pair();
    const SOCKET closed = pair.server.get();
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(closed, &readable);
    int ready = 0;
    close_during(pair.server, [&] {
        timeval limit{harness::deadline / 1000, 0};
        ready = ::select(0, &readable, nullptr, nullptr, &limit);
    });
    EXPECT_EQ(ready, 1);
    EXPECT_TRUE(FD_ISSET(closed, &readable));
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
    // ReadFile still returns when the bytes are in the buffer, and not before.
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
    // The call returns TRUE even if only a part was written, or nothing: the count tells.
    EXPECT_TRUE(::WriteFile(pipe.writer.get(), block.data(), static_cast<DWORD>(block.size()),
                            &written, nullptr));
    EXPECT_LT(written, block.size());
}

} // namespace
