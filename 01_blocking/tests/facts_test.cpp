// Facts about calls that return when the work is done, and wait inside until then.
#include "second_thread.hpp"
#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using blocking_test::second_thread;

class blocking_facts : public harness::facts {};

HANDLE as_handle(const win32::unique_socket& socket) {
    return reinterpret_cast<HANDLE>(socket.get());
}

void set_option(const win32::unique_socket& socket, int option, DWORD value) {
    ASSERT_EQ(::setsockopt(socket.get(), SOL_SOCKET, option, reinterpret_cast<const char*>(&value),
                           sizeof value),
              0);
}

int bind_to(const win32::unique_socket& socket, const SOCKADDR_INET& address) {
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                  win32::size_of(address));
}

int connect_to(const win32::unique_socket& socket, const SOCKADDR_INET& address) {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                     win32::size_of(address));
}

win32::unique_file open_for_reading(const std::filesystem::path& path) {
    return win32::unique_file{::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                            OPEN_EXISTING, 0, nullptr)};
}

// ---- Receiving

TEST_F(blocking_facts, RecvBlocksUntilBytesArrive) {
    const harness::socket_pair pair = harness::make_socket_pair();
    char byte = 0;
    int received = 0;
    second_thread reader{[&] {
        received = ::recv(pair.server.get(), &byte, 1, 0);
    }};
    ASSERT_TRUE(reader.waits_in_recv());
    EXPECT_FALSE(reader.has_returned());

    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    reader.join();
    EXPECT_EQ(received, 1);
    EXPECT_EQ(byte, 'x');
}

TEST_F(blocking_facts, RecvReturnsWithWhateverHasArrived) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    char buffer[100];
    // It waits for a byte, not for a hundred of them.
    EXPECT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, 0), 1);
}

TEST_F(blocking_facts, RecvWithWaitAllFillsTheBufferAcrossSends) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::send(pair.client.get(), "ab", 2, 0), 2);
    ASSERT_EQ(::send(pair.client.get(), "cd", 2, 0), 2);
    char buffer[3];
    // TCP is a stream of bytes: the border between two sends is lost on the way.
    ASSERT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, MSG_WAITALL), 3);
    EXPECT_EQ(std::string_view(buffer, sizeof buffer), "abc");
}

TEST_F(blocking_facts, RecvZeroMeansThePeerFinishedSending) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    char buffer[100];
    EXPECT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, 0), 1); // the sent byte comes first
    EXPECT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, 0), 0);
    EXPECT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, 0), 0); // and it stays at the end
}

TEST_F(blocking_facts, HalfClosedConnectionStillCarriesTheOtherWay) {
    const harness::socket_pair pair = harness::make_socket_pair();
    char byte = 0;
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    ASSERT_EQ(::recv(pair.server.get(), &byte, 1, 0), 0);
    EXPECT_EQ(::send(pair.server.get(), "x", 1, 0), 1);
    EXPECT_EQ(::recv(pair.client.get(), &byte, 1, 0), 1);
}

TEST_F(blocking_facts, RecvAfterAResetFailsWithConnReset) {
    harness::socket_pair pair = harness::make_socket_pair();
    harness::close_with_reset(pair.client);
    WSAPOLLFD gone{pair.server.get(), POLLRDNORM, 0};
    ASSERT_EQ(::WSAPoll(&gone, 1, harness::deadline), 1); // the reset has come in
    char byte = 0;
    const int received = ::recv(pair.server.get(), &byte, 1, 0);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(received, SOCKET_ERROR); // not 0: nobody said that the stream was complete
    EXPECT_EQ(error, WSAECONNRESET);
}

// https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket
TEST_F(blocking_facts, ClosingWithLingerZeroResetsTheConnection) {
    harness::socket_pair pair = harness::make_socket_pair();
    int received = 0;
    int error = 0;
    second_thread reader{[&] {
        char byte = 0;
        received = ::recv(pair.server.get(), &byte, 1, 0);
        error = ::WSAGetLastError();
    }};
    ASSERT_TRUE(reader.waits_in_recv());
    const linger none{1, 0};
    ASSERT_EQ(::setsockopt(pair.client.get(), SOL_SOCKET, SO_LINGER,
                           reinterpret_cast<const char*>(&none), sizeof none),
              0);
    pair.client.reset();
    reader.join();
    EXPECT_EQ(received, SOCKET_ERROR);
    EXPECT_EQ(error, WSAECONNRESET);
}

// ---- Sending

TEST_F(blocking_facts, SendReturnsBeforeThePeerReads) {
    const harness::socket_pair pair = harness::make_socket_pair();
    // "Done" means that the system has a copy. The peer, which is this thread, has read nothing
    // yet.
    EXPECT_EQ(::send(pair.client.get(), "hello", 5, 0), 5);
    char buffer[5];
    EXPECT_EQ(::recv(pair.server.get(), buffer, sizeof buffer, MSG_WAITALL), 5);
}

TEST_F(blocking_facts, SendBlocksWhenThePeerDoesNotRead) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_option(pair.client, SO_SNDTIMEO, 100); // ms; without it the last send would wait for ever
    const std::vector<char> block(64 * 1024);
    int sent = 0;
    int error = 0;
    for (int i = 0; i < 4096 && sent >= 0; ++i) { // 256 MiB are more than any system buffers
        sent = ::send(pair.client.get(), block.data(), static_cast<int>(block.size()), 0);
        error = ::WSAGetLastError();
    }
    EXPECT_EQ(sent, SOCKET_ERROR);
    EXPECT_EQ(error, WSAETIMEDOUT);
}

TEST_F(blocking_facts, SendAfterAResetFailsWithConnReset) {
    harness::socket_pair pair = harness::make_socket_pair();
    harness::close_with_reset(pair.client);
    WSAPOLLFD gone{pair.server.get(), POLLRDNORM, 0};
    ASSERT_EQ(::WSAPoll(&gone, 1, harness::deadline), 1); // the reset has come in
    const int sent = ::send(pair.server.get(), "x", 1, 0);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(sent, SOCKET_ERROR);
    EXPECT_EQ(error, WSAECONNRESET);
}

// The other end of a connection that the peer has closed in good order. Each byte that is sent
// there after that is answered by a reset.
win32::unique_socket make_socket_without_peer() {
    harness::socket_pair pair = harness::make_socket_pair();
    EXPECT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    return std::move(pair.server);
}

// Sends until that fails, and returns the error.
int send_until_it_fails(const win32::unique_socket& socket) {
    const harness::watchdog limit{"the answer to a byte"};
    EXPECT_EQ(::send(socket.get(), "x", 1, 0), 1); // the system takes the byte at once
    for (;;) {
        const int sent = ::send(socket.get(), "x", 1, 0);
        const int error = ::WSAGetLastError();
        if (sent == SOCKET_ERROR)
            return error;
    }
}

// No document says which of the two it is.
bool says_that_the_peer_is_gone(int error) {
    return error == WSAECONNABORTED || error == WSAECONNRESET;
}

TEST_F(blocking_facts, SendToAPeerThatIsGoneFailsWithConnAbortedOrConnReset) {
    const win32::unique_socket socket = make_socket_without_peer();
    const int error = send_until_it_fails(socket);
    EXPECT_TRUE(says_that_the_peer_is_gone(error)) << error;
}

TEST_F(blocking_facts, RecvFromAPeerThatIsGoneFailsWithConnAbortedOrConnReset) {
    const win32::unique_socket socket = make_socket_without_peer();
    send_until_it_fails(socket);
    char byte = 0;
    const int received = ::recv(socket.get(), &byte, 1, 0);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(received, SOCKET_ERROR); // not 0, although the peer had finished sending
    EXPECT_TRUE(says_that_the_peer_is_gone(error)) << error;
}

// ---- The thread that waits, and what wakes it

TEST_F(blocking_facts, BlockedThreadLeavesAnotherClientWaiting) {
    const harness::socket_pair silent = harness::make_socket_pair();
    const harness::socket_pair busy = harness::make_socket_pair();
    int received = 0;
    second_thread server{[&] {
        char byte = 0;
        ::recv(silent.server.get(), &byte, 1, 0);
        received = ::recv(busy.server.get(), &byte, 1, 0);
    }};
    ASSERT_EQ(::send(busy.client.get(), "x", 1, 0), 1);
    WSAPOLLFD arrived{busy.server.get(), POLLRDNORM, 0};
    ASSERT_EQ(::WSAPoll(&arrived, 1, harness::deadline), 1);
    ASSERT_TRUE(server.waits_in_recv());
    // The byte is there, and so is the thread that would read it; but that one waits elsewhere.
    EXPECT_EQ(::WSAPoll(&arrived, 1, 0), 1);

    ASSERT_EQ(::send(silent.client.get(), "x", 1, 0), 1);
    server.join();
    EXPECT_EQ(received, 1);
}

TEST_F(blocking_facts, SoRcvTimeoEndsABlockedRecv) {
    const harness::socket_pair pair = harness::make_socket_pair();
    set_option(pair.server, SO_RCVTIMEO, 50); // ms, as a DWORD: no timeval as on Unix
    char byte = 0;
    const int received = ::recv(pair.server.get(), &byte, 1, 0);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(received, SOCKET_ERROR);
    EXPECT_EQ(error, WSAETIMEDOUT); // it waited, where a non-blocking socket says WSAEWOULDBLOCK
}

TEST_F(blocking_facts, BlockedRecvIsWokenByCancelIoEx) {
    const harness::socket_pair pair = harness::make_socket_pair();
    char byte = 0;
    int received = 0;
    second_thread reader{[&] {
        received = ::recv(pair.server.get(), &byte, 1, 0);
    }};
    ASSERT_TRUE(reader.waits_in_recv());
    EXPECT_TRUE(::CancelIoEx(as_handle(pair.server), nullptr));
    reader.join();
    // Expect no code: Microsoft's page on recv gives none for this case.
    EXPECT_EQ(received, SOCKET_ERROR);
}

TEST_F(blocking_facts, BlockedSendIsWokenByCancelIoEx) {
    const harness::socket_pair pair = harness::make_socket_pair();
    const std::vector<char> block(64 * 1024);
    int sent = 0;
    int error = 0;
    second_thread sender{[&] {
        do {
            sent = ::send(pair.client.get(), block.data(), static_cast<int>(block.size()), 0);
            error = ::WSAGetLastError();
        } while (sent != SOCKET_ERROR);
    }};
    // Nobody reads, so one of the sends has to wait, and this ends it.
    while (!sender.has_returned()) {
        ::CancelIoEx(as_handle(pair.client), nullptr);
        ::SwitchToThread();
    }
    sender.join();
    EXPECT_NE(error, WSAEWOULDBLOCK); // a call that does not wait fails with this
}

TEST_F(blocking_facts, CancelBeforeTheRecvDoesNotStopIt) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ::CancelIoEx(as_handle(pair.server), nullptr);
    // A cancel ends what waits now. To stop a thread, one must also keep it from the next call.
    char byte = 0;
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), 1);
}

TEST_F(blocking_facts, ShutdownWakesNoRecvThatWaitsAlready) {
    const harness::socket_pair pair = harness::make_socket_pair();
    char byte = 0;
    int received = 0;
    second_thread reader{[&] {
        received = ::recv(pair.server.get(), &byte, 1, 0);
    }};
    ASSERT_TRUE(reader.waits_in_recv());
    ASSERT_EQ(::shutdown(pair.server.get(), SD_RECEIVE), 0);
    ASSERT_TRUE(reader.waits_in_recv()); // it still waits
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    reader.join();
    EXPECT_EQ(received, 1); // and it even receives
    EXPECT_EQ(byte, 'x');
}

TEST_F(blocking_facts, ShutdownMakesLaterCallsFail) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::shutdown(pair.server.get(), SD_BOTH), 0);
    char byte = 0;
    const int received = ::recv(pair.server.get(), &byte, 1, 0);
    int error = ::WSAGetLastError();
    EXPECT_EQ(received, SOCKET_ERROR);
    EXPECT_EQ(error, WSAESHUTDOWN);
    const int sent = ::send(pair.server.get(), "x", 1, 0);
    error = ::WSAGetLastError();
    EXPECT_EQ(sent, SOCKET_ERROR);
    EXPECT_EQ(error, WSAESHUTDOWN);
}

TEST_F(blocking_facts, BlockedAcceptIsWokenByAConnection) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    win32::unique_socket accepted;
    second_thread server{[&] {
        accepted.reset(::accept(listener.get(), nullptr, nullptr));
    }};
    EXPECT_FALSE(server.has_returned());
    const win32::unique_socket client = win32::make_tcp_socket();
    ASSERT_EQ(connect_to(client, win32::local_address(listener.get())), 0);
    server.join();
    EXPECT_TRUE(accepted);
}

TEST_F(blocking_facts, BlockedAcceptIsWokenByCancelIoEx) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    win32::unique_socket accepted;
    int error = 0;
    second_thread server{[&] {
        accepted.reset(::accept(listener.get(), nullptr, nullptr));
        error = ::WSAGetLastError();
    }};
    // A cancel that comes before the accept finds nothing, so it is repeated until one does.
    while (!server.has_returned()) {
        ::CancelIoEx(as_handle(listener), nullptr);
        ::SwitchToThread();
    }
    server.join();
    EXPECT_FALSE(accepted);
    EXPECT_NE(error, WSAEWOULDBLOCK); // a call that does not wait fails with this
}

// ---- Connecting, and the owner of a port

TEST_F(blocking_facts, ConnectSucceedsBeforeAnyoneAccepts) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const win32::unique_socket client = win32::make_tcp_socket();
    // The system answers in the server's place and keeps the connection in the backlog.
    ASSERT_EQ(connect_to(client, win32::local_address(listener.get())), 0);
    ASSERT_EQ(::send(client.get(), "x", 1, 0), 1);
    const win32::unique_socket accepted{::accept(listener.get(), nullptr, nullptr)};
    char byte = 0;
    EXPECT_EQ(::recv(accepted.get(), &byte, 1, 0), 1);
}

TEST_F(blocking_facts, ConnectWithNobodyListeningIsRefused) {
    // It is bound, so that no other program gets the port, but does not listen.
    const win32::unique_socket holder = win32::make_tcp_socket();
    ASSERT_EQ(bind_to(holder, win32::make_address("127.0.0.1", 0)), 0);
    const win32::unique_socket client = win32::make_tcp_socket();
    const int connected = connect_to(client, win32::local_address(holder.get()));
    const int error = ::WSAGetLastError();
    EXPECT_EQ(connected, SOCKET_ERROR);
    EXPECT_EQ(error, WSAECONNREFUSED);
}

// The rules for sockets that are bound to one port:
// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse

// Binds a new socket to `address` and `port`, with `option` or with 0 for none. Returns the error,
// or 0.
int try_to_bind(const char* address, std::uint16_t port, int option) {
    const win32::unique_socket socket = win32::make_tcp_socket();
    if (option != 0)
        set_option(socket, option, TRUE);
    const int bound = bind_to(socket, win32::make_address(address, port));
    const int error = ::WSAGetLastError();
    return bound == 0 ? 0 : error;
}

TEST_F(blocking_facts, AnAddressThatIsTakenIsRefused) {
    const win32::unique_socket first = win32::make_tcp_socket(); // with no option
    ASSERT_EQ(bind_to(first, win32::make_address("127.0.0.1", 0)), 0);
    const std::uint16_t port = win32::local_port(first.get());
    EXPECT_EQ(try_to_bind("127.0.0.1", port, 0), WSAEADDRINUSE);
    EXPECT_EQ(try_to_bind("127.0.0.1", port, SO_EXCLUSIVEADDRUSE), WSAEADDRINUSE);
    // Before Windows Server 2003 this one would have had the port, and clients with it.
    EXPECT_EQ(try_to_bind("127.0.0.1", port, SO_REUSEADDR), WSAEACCES);
}

TEST_F(blocking_facts, ReuseAddrOnBothSocketsLetsThemShareAPort) {
    const win32::unique_socket first = win32::make_tcp_socket();
    set_option(first, SO_REUSEADDR, TRUE);
    ASSERT_EQ(bind_to(first, win32::make_address("127.0.0.1", 0)), 0);
    ASSERT_EQ(::listen(first.get(), SOMAXCONN), 0);
    // Which of the two gets the next client is not defined. On Unix this bind would fail.
    const win32::unique_socket second = win32::make_tcp_socket();
    set_option(second, SO_REUSEADDR, TRUE);
    EXPECT_EQ(bind_to(second, win32::local_address(first.get())), 0);
    EXPECT_EQ(::listen(second.get(), SOMAXCONN), 0);
}

// A socket that is bound to 0.0.0.0 has all addresses, until another one is bound to one of them:
// then that one gets the clients of its address.
TEST_F(blocking_facts, AnAddressCanBeTakenFromASocketThatHasThemAll) {
    const win32::unique_socket all = win32::make_tcp_socket(); // with no option
    ASSERT_EQ(bind_to(all, win32::make_address("0.0.0.0", 0)), 0);
    const std::uint16_t port = win32::local_port(all.get());
    for (const int option : {0, SO_REUSEADDR, SO_EXCLUSIVEADDRUSE})
        EXPECT_EQ(try_to_bind("127.0.0.1", port, option), 0) << option;
}

TEST_F(blocking_facts, ExclusiveAddrUseKeepsAllAddressesTogether) {
    const win32::unique_socket all = win32::make_tcp_socket();
    set_option(all, SO_EXCLUSIVEADDRUSE, TRUE);
    ASSERT_EQ(bind_to(all, win32::make_address("0.0.0.0", 0)), 0);
    const std::uint16_t port = win32::local_port(all.get());
    for (const int option : {0, SO_REUSEADDR, SO_EXCLUSIVEADDRUSE})
        EXPECT_EQ(try_to_bind("127.0.0.1", port, option), WSAEACCES) << option;
}

TEST_F(blocking_facts, ExclusiveAddrUseOfOneAddressLeavesTheOthers) {
    const win32::unique_socket first = win32::make_tcp_socket();
    set_option(first, SO_EXCLUSIVEADDRUSE, TRUE);
    ASSERT_EQ(bind_to(first, win32::make_address("127.0.0.1", 0)), 0);
    const std::uint16_t port = win32::local_port(first.get());
    EXPECT_EQ(try_to_bind("127.0.0.1", port, 0), WSAEADDRINUSE);
    EXPECT_EQ(try_to_bind("127.0.0.1", port, SO_REUSEADDR), WSAEACCES);
    // A second socket may be bound to all addresses, which then means all others.
    EXPECT_EQ(try_to_bind("0.0.0.0", port, 0), 0);
    // But a program that wants them all together learns that one is taken.
    EXPECT_EQ(try_to_bind("0.0.0.0", port, SO_EXCLUSIVEADDRUSE), WSAEADDRINUSE);
}

TEST_F(blocking_facts, ReuseAddrAndExclusiveAddrUseExcludeEachOther) {
    const auto try_to_set = [](const win32::unique_socket& socket, int option) {
        const BOOL yes = TRUE;
        const int set = ::setsockopt(socket.get(), SOL_SOCKET, option,
                                     reinterpret_cast<const char*>(&yes), sizeof yes);
        const int error = ::WSAGetLastError();
        return set == 0 ? 0 : error;
    };
    const win32::unique_socket shared = win32::make_tcp_socket();
    EXPECT_EQ(try_to_set(shared, SO_REUSEADDR), 0);
    EXPECT_EQ(try_to_set(shared, SO_EXCLUSIVEADDRUSE), WSAEINVAL);
    const win32::unique_socket exclusive = win32::make_tcp_socket();
    EXPECT_EQ(try_to_set(exclusive, SO_EXCLUSIVEADDRUSE), 0);
    EXPECT_EQ(try_to_set(exclusive, SO_REUSEADDR), WSAEINVAL);
}

// ---- IPv6

TEST_F(blocking_facts, SocketOfIpv6TakesNoClientOfIpv4UntilItIsTold) {
    // The two listeners are the same but for the option.
    for (const DWORD only : {DWORD{TRUE}, DWORD{FALSE}}) {
        const win32::unique_socket listener = win32::make_tcp_socket(AF_INET6);
        DWORD value = 2;
        int size = sizeof value;
        ASSERT_EQ(::getsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY,
                               reinterpret_cast<char*>(&value), &size),
                  0);
        EXPECT_EQ(value, DWORD{TRUE}); // from the beginning
        ASSERT_EQ(::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY,
                               reinterpret_cast<const char*>(&only), sizeof only),
                  0);
        ASSERT_EQ(bind_to(listener, win32::make_address("::", 0)), 0);
        ASSERT_EQ(::listen(listener.get(), SOMAXCONN), 0);

        const win32::unique_socket client = win32::make_tcp_socket(AF_INET);
        const int connected =
            connect_to(client, win32::make_address("127.0.0.1", win32::local_port(listener.get())));
        EXPECT_EQ(connected, only ? SOCKET_ERROR : 0);
    }
}

TEST_F(blocking_facts, ClientOfIpv4HasAMappedAddressOnASocketOfIpv6) {
    const win32::unique_socket listener = win32::listen_on("::", 0); // takes both
    const win32::unique_socket client = win32::make_tcp_socket(AF_INET);
    const SOCKADDR_INET where = win32::make_address("127.0.0.1", win32::local_port(listener.get()));
    ASSERT_EQ(connect_to(client, where), 0);
    SOCKADDR_INET peer{};
    int size = sizeof peer;
    const win32::unique_socket accepted{
        ::accept(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size)};
    ASSERT_TRUE(accepted);
    EXPECT_EQ(win32::to_text(peer),
              "[::ffff:127.0.0.1]:" + std::to_string(win32::local_port(client.get())));
}

// ---- Files and pipes

TEST_F(blocking_facts, SynchronousReadMovesTheFilePosition) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_for_reading(folder.make_file(L"six", "abcdef"));
    char buffer[3];
    DWORD read = 0;
    // The call does not say where to read: the handle remembers. An overlapped handle does not
    // (chapter 3).
    ASSERT_TRUE(::ReadFile(file.get(), buffer, 3, &read, nullptr));
    EXPECT_EQ(std::string_view(buffer, read), "abc");
    ASSERT_TRUE(::ReadFile(file.get(), buffer, 3, &read, nullptr));
    EXPECT_EQ(std::string_view(buffer, read), "def");
}

TEST_F(blocking_facts, SynchronousReadAtEndOfFileSucceedsWithZeroBytes) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_for_reading(folder.make_file(L"two", "ab"));
    char buffer[100];
    DWORD read = 0;
    ASSERT_TRUE(::ReadFile(file.get(), buffer, sizeof buffer, &read, nullptr));
    EXPECT_EQ(read, 2u); // fewer than asked for is no error either
    EXPECT_TRUE(::ReadFile(file.get(), buffer, sizeof buffer, &read, nullptr));
    EXPECT_EQ(read, 0u);
}

TEST_F(blocking_facts, ReadFileBlocksUntilThePipeHasData) {
    const harness::pipe_pair pipe = harness::make_pipe_pair();
    char byte = 0;
    DWORD read = 0;
    second_thread reader{[&] {
        ::ReadFile(pipe.reader.get(), &byte, 1, &read, nullptr);
    }};
    EXPECT_FALSE(reader.has_returned());
    DWORD count = 0;
    ASSERT_TRUE(::WriteFile(pipe.writer.get(), "x", 1, &count, nullptr));
    reader.join();
    EXPECT_EQ(read, 1u);
    EXPECT_EQ(byte, 'x');
}

TEST_F(blocking_facts, BlockedReadFileIsWokenByCancelSynchronousIo) {
    const harness::pipe_pair pipe = harness::make_pipe_pair();
    BOOL ok = TRUE;
    DWORD error = 0;
    second_thread reader{[&] {
        char byte = 0;
        DWORD read = 0;
        ok = ::ReadFile(pipe.reader.get(), &byte, 1, &read, nullptr);
        error = ::GetLastError();
    }};
    const win32::unique_handle thread{::OpenThread(THREAD_TERMINATE, FALSE, reader.id())};
    // It finds nothing (ERROR_NOT_FOUND) as long as the thread has not come to wait in ReadFile.
    while (!reader.has_returned()) {
        ::CancelSynchronousIo(thread.get());
        ::SwitchToThread();
    }
    reader.join();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, DWORD{ERROR_OPERATION_ABORTED});
}

TEST_F(blocking_facts, ReadFileOnAPipeWithoutWriterFailsWithBrokenPipe) {
    harness::pipe_pair pipe = harness::make_pipe_pair();
    DWORD count = 0;
    ASSERT_TRUE(::WriteFile(pipe.writer.get(), "x", 1, &count, nullptr));
    pipe.writer.reset();
    char buffer[100];
    EXPECT_TRUE(::ReadFile(pipe.reader.get(), buffer, sizeof buffer, &count, nullptr));
    EXPECT_EQ(count, 1u); // the written byte comes first
    // The end of a pipe is an error, where the end of a file is a success with 0 bytes.
    const BOOL ok = ::ReadFile(pipe.reader.get(), buffer, sizeof buffer, &count, nullptr);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, DWORD{ERROR_BROKEN_PIPE});
}

} // namespace
