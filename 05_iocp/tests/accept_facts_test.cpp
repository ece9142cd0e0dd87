// Facts about AcceptEx on a completion port.
#include "packet.hpp"
#include "testing/client.hpp"
#include "testing/facts.hpp"

#include <array>
#include <cstring>
#include <set>
#include <string_view>

using iocp_test::as_handle;
using iocp_test::expect_empty;
using iocp_test::packet;
using iocp_test::take;

namespace {

// The room that each of the two addresses needs; the first test shows it.
constexpr DWORD address_room = sizeof(sockaddr_in) + 16;

// All that one AcceptEx uses. Lifetime: lent to the kernel until its packet has been taken.
struct accept_operation {
    OVERLAPPED overlapped{};
    win32::unique_socket socket = win32::make_tcp_socket(); // the connection, once it is accepted
    char buffer[64 + 2 * address_room]{};
};

// Begins one AcceptEx that waits for the connection alone (`data` 0) or also for its first bytes.
// The result is the error's number: ERROR_IO_PENDING when all is well.
DWORD begin_accept(const win32::unique_socket& listener, accept_operation& operation,
                   DWORD data = 0) {
    DWORD received = 0;
    const BOOL ok = ::AcceptEx(listener.get(), operation.socket.get(), operation.buffer, data,
                               address_room, address_room, &received, &operation.overlapped);
    return ok ? 0 : static_cast<DWORD>(::WSAGetLastError());
}

win32::unique_socket connect_to(const win32::unique_socket& listener) {
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    win32::unique_socket client = win32::make_tcp_socket();
    if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        win32::throw_last_socket_error("connect");
    return client;
}

} // namespace

class iocp_accept_facts : public harness::facts {
protected:
    static constexpr ULONG_PTR listener_key = 9;

    void SetUp() override {
        facts::SetUp();
        ASSERT_EQ(::CreateIoCompletionPort(as_handle(listener), port.get(), listener_key, 0),
                  port.get());
    }

    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
};

TEST_F(iocp_accept_facts, AcceptExNeedsSixteenBytesMoreForEachAddress) {
    accept_operation operation;
    DWORD received = 0;
    // There is room for the address and not a byte more. No document says where the failure shows.
    const BOOL ok = ::AcceptEx(listener.get(), operation.socket.get(), operation.buffer, 0,
                               sizeof(sockaddr_in), address_room, &received, &operation.overlapped);
    const int error = ::WSAGetLastError();
    ASSERT_FALSE(ok);
    if (error != ERROR_IO_PENDING)
        return; // at once

    // Otherwise it shows when there is an address to write: with the first client.
    const win32::unique_socket client = connect_to(listener);
    const packet taken = take(port);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operation.overlapped);
}

TEST_F(iocp_accept_facts, AcceptExWritesBothAddressesIntoItsBuffer) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket client = connect_to(listener);
    ASSERT_TRUE(take(port).ok);

    // Only GetAcceptExSockaddrs knows where in the buffer they are.
    sockaddr* local = nullptr;
    sockaddr* remote = nullptr;
    int local_size = 0;
    int remote_size = 0;
    ::GetAcceptExSockaddrs(operation.buffer, 0, address_room, address_room, &local, &local_size,
                           &remote, &remote_size);
    ASSERT_EQ(local_size, int{sizeof(sockaddr_in)});
    ASSERT_EQ(remote_size, int{sizeof(sockaddr_in)});
    EXPECT_EQ(::ntohs(reinterpret_cast<const sockaddr_in*>(local)->sin_port),
              win32::local_port(listener.get()));
    EXPECT_EQ(::ntohs(reinterpret_cast<const sockaddr_in*>(remote)->sin_port),
              win32::local_port(client.get()));
}

TEST_F(iocp_accept_facts, AcceptExWritesAddressesOfIpv6Too) {
    constexpr DWORD room = sizeof(sockaddr_in6) + 16;
    const win32::unique_socket here = win32::listen_on("::1", 0);
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(here), port.get(), listener_key, 0), port.get());
    // An accepted socket is of its listener's family.
    const win32::unique_socket accepted = win32::make_tcp_socket(AF_INET6);
    char buffer[2 * room]{};
    OVERLAPPED operation{};
    DWORD received = 0;
    ASSERT_FALSE(
        ::AcceptEx(here.get(), accepted.get(), buffer, 0, room, room, &received, &operation));
    ASSERT_EQ(::WSAGetLastError(), ERROR_IO_PENDING);
    const harness::client visitor{win32::local_port(here.get()), "::1"};
    ASSERT_TRUE(take(port).ok);

    sockaddr* local = nullptr;
    sockaddr* remote = nullptr;
    int local_size = 0;
    int remote_size = 0;
    ::GetAcceptExSockaddrs(buffer, 0, room, room, &local, &local_size, &remote, &remote_size);
    EXPECT_EQ(local_size, int{sizeof(sockaddr_in6)});
    ASSERT_EQ(remote_size, int{sizeof(sockaddr_in6)});
    SOCKADDR_INET peer{};
    std::memcpy(&peer, remote, sizeof(sockaddr_in6));
    EXPECT_EQ(win32::to_text(peer), "[::1]:" + std::to_string(win32::local_port(visitor.native())));
}

TEST_F(iocp_accept_facts, AcceptPacketCarriesTheListenersKey) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket client = connect_to(listener);
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.key, listener_key); // the operation was the listener's
    EXPECT_EQ(taken.overlapped, &operation.overlapped);

    // The connection is on no port yet: to be served by this one it is associated by itself.
    EXPECT_EQ(::CreateIoCompletionPort(as_handle(operation.socket), port.get(), 1, 0), port.get());
}

TEST_F(iocp_accept_facts, AcceptedSocketNeedsUpdateAcceptContext) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket client = connect_to(listener);
    ASSERT_TRUE(take(port).ok);

    // The connection can send and receive, but Winsock does not know yet that it is one.
    sockaddr_in peer{};
    int size = sizeof peer;
    const int result =
        ::getpeername(operation.socket.get(), reinterpret_cast<sockaddr*>(&peer), &size);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(result, SOCKET_ERROR);
    EXPECT_EQ(error, WSAENOTCONN);
}

TEST_F(iocp_accept_facts, UpdateAcceptContextMakesItAnOrdinaryConnection) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket client = connect_to(listener);
    ASSERT_TRUE(take(port).ok);

    // The option's value is the listener, whose properties the connection then takes over.
    const SOCKET from = listener.get();
    ASSERT_EQ(::setsockopt(operation.socket.get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                           reinterpret_cast<const char*>(&from), sizeof from),
              0);
    sockaddr_in peer{};
    int size = sizeof peer;
    ASSERT_EQ(::getpeername(operation.socket.get(), reinterpret_cast<sockaddr*>(&peer), &size), 0);
    EXPECT_EQ(::ntohs(peer.sin_port), win32::local_port(client.get()));
    EXPECT_EQ(::shutdown(operation.socket.get(), SD_SEND), 0);
    char byte = 0;
    EXPECT_EQ(::recv(client.get(), &byte, 1, 0), 0); // the end of the stream: shutdown worked
}

TEST_F(iocp_accept_facts, AcceptExWithoutAReceiveBufferTakesASilentClient) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation, 0), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket silent = connect_to(listener);
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.bytes, 0u);
}

TEST_F(iocp_accept_facts, AcceptExWithAReceiveBufferWaitsForData) {
    accept_operation operations[2];
    for (accept_operation& operation : operations)
        ASSERT_EQ(begin_accept(listener, operation, 64), DWORD{ERROR_IO_PENDING});
    const win32::unique_socket silent = connect_to(listener);
    const win32::unique_socket talker = connect_to(listener);
    ASSERT_EQ(::send(talker.get(), "hello", 5, 0), 5);

    // The system decides which of the two each client gets.
    packet taken = take(port);
    ASSERT_TRUE(taken.ok);
    const std::size_t talkers = taken.overlapped == &operations[0].overlapped ? 0 : 1;
    EXPECT_EQ(std::string_view(operations[talkers].buffer, taken.bytes), "hello");
    // The client that came first keeps the other AcceptEx to itself for as long as it is silent.
    // With as many silent clients as there are accepts pending, no other client gets in.
    expect_empty(port);

    ASSERT_EQ(::send(silent.get(), "!", 1, 0), 1);
    taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operations[1 - talkers].overlapped);
}

TEST_F(iocp_accept_facts, CancellingTheListenerReturnsEveryAccept) {
    std::array<accept_operation, 4> operations;
    for (accept_operation& operation : operations)
        ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});

    ASSERT_TRUE(::CancelIoEx(as_handle(listener), nullptr)); // null: all of this handle's
    std::set<OVERLAPPED*> returned;
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const packet taken = take(port);
        EXPECT_FALSE(taken.ok);
        EXPECT_EQ(taken.error, DWORD{ERROR_OPERATION_ABORTED});
        returned.insert(taken.overlapped);
    }
    for (accept_operation& operation : operations)
        EXPECT_TRUE(returned.contains(&operation.overlapped));
    expect_empty(port);
}

// ---- Clients that leave, and sockets that are closed

TEST_F(iocp_accept_facts, ClientThatConnectsAndLeavesIsAcceptedWithZeroBytes) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation, 64), DWORD{ERROR_IO_PENDING}); // waits for data
    win32::unique_socket client = connect_to(listener);
    client.reset(); // an orderly end
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok); // no failure: the end of the stream has come with the connection
    EXPECT_EQ(taken.bytes, 0u);
}

TEST_F(iocp_accept_facts, ClientThatResetsCostsNoMoreThanItsOwnAccept) {
    accept_operation operations[2];
    for (accept_operation& operation : operations)
        ASSERT_EQ(begin_accept(listener, operation, 64), DWORD{ERROR_IO_PENDING});
    win32::unique_socket gone = connect_to(listener);
    harness::close_with_reset(gone);
    const win32::unique_socket client = connect_to(listener);
    ASSERT_EQ(::send(client.get(), "hello", 5, 0), 5);

    // Each of the two has an accept of its own. Their packets may come in any order.
    const packet taken[] = {take(port), take(port)};
    const packet& failed = taken[0].ok ? taken[1] : taken[0];
    const packet& served = taken[0].ok ? taken[0] : taken[1];
    EXPECT_FALSE(failed.ok);
    ASSERT_NE(failed.overlapped, nullptr) << "no packet has come for the client that is gone";
    // 64 or 1236; Winsock calls the two 10054 and 10053.
    EXPECT_TRUE(failed.error == ERROR_NETNAME_DELETED || failed.error == ERROR_CONNECTION_ABORTED)
        << failed.error;
    EXPECT_TRUE(served.ok);
    EXPECT_EQ(served.bytes, 5u);
}

TEST_F(iocp_accept_facts, ClosingTheListenerEndsItsAcceptsWith995) {
    accept_operation operation;
    win32::unique_socket closing = win32::listen_on("127.0.0.1", 0);
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(closing), port.get(), 1, 0), port.get());
    ASSERT_EQ(begin_accept(closing, operation), DWORD{ERROR_IO_PENDING});
    closing.reset();
    const packet taken = take(port);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.error, DWORD{ERROR_OPERATION_ABORTED}); // as after a cancel
    EXPECT_EQ(taken.overlapped, &operation.overlapped);
}

TEST_F(iocp_accept_facts, OnlyTheLastHandleThatIsClosedEndsTheOperations) {
    accept_operation operations[2];
    win32::unique_socket first = win32::listen_on("127.0.0.1", 0);
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(first), port.get(), 1, 0), port.get());
    WSAPROTOCOL_INFOW info{};
    ASSERT_EQ(::WSADuplicateSocketW(first.get(), ::GetCurrentProcessId(), &info), 0);
    win32::unique_socket last{::WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                           FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED)};
    ASSERT_TRUE(last);
    for (accept_operation& operation : operations)
        ASSERT_EQ(begin_accept(first, operation), DWORD{ERROR_IO_PENDING});

    // The operations are the socket's, as are the port and the key, and not the handle's.
    first.reset();
    expect_empty(port);
    const win32::unique_socket client = connect_to(last);
    const packet served = take(port);
    EXPECT_TRUE(served.ok);
    EXPECT_EQ(served.key, 1u);

    last.reset();
    const packet ended = take(port);
    EXPECT_FALSE(ended.ok);
    EXPECT_EQ(ended.error, DWORD{ERROR_OPERATION_ABORTED});
    EXPECT_NE(ended.overlapped, served.overlapped);
}

TEST_F(iocp_accept_facts, ClosingTheSocketToAcceptIntoEndsTheAccept) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    operation.socket.reset();
    const packet taken = take(port);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.error, DWORD{ERROR_OPERATION_ABORTED});
    EXPECT_EQ(taken.overlapped, &operation.overlapped);
}

TEST_F(iocp_accept_facts, SocketTakesOneAcceptAtATime) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    accept_operation second;
    DWORD received = 0;
    const BOOL ok = ::AcceptEx(listener.get(), operation.socket.get(), second.buffer, 0,
                               address_room, address_room, &received, &second.overlapped);
    const int error = ::WSAGetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, WSAEINVAL);

    const win32::unique_socket client = connect_to(listener);
    EXPECT_EQ(take(port).overlapped, &operation.overlapped); // the first one has not noticed
}

TEST_F(iocp_accept_facts, DisconnectedSocketCanBeAcceptedIntoAgain) {
    accept_operation operation;
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    win32::unique_socket client = connect_to(listener);
    ASSERT_TRUE(take(port).ok);
    const SOCKET from = listener.get();
    ASSERT_EQ(::setsockopt(operation.socket.get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                           reinterpret_cast<const char*>(&from), sizeof from),
              0);
    // The client ends first: the side that does so keeps the connection for minutes (TIME_WAIT).
    client.reset();
    char byte = 0;
    ASSERT_EQ(::recv(operation.socket.get(), &byte, 1, 0), 0);

    GUID id = WSAID_DISCONNECTEX;
    LPFN_DISCONNECTEX disconnect_ex = nullptr;
    DWORD bytes = 0;
    ASSERT_EQ(::WSAIoctl(operation.socket.get(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id,
                         &disconnect_ex, sizeof disconnect_ex, &bytes, nullptr, nullptr),
              0);
    ASSERT_TRUE(disconnect_ex(operation.socket.get(), nullptr, TF_REUSE_SOCKET, 0));

    operation.overlapped = {};
    ASSERT_EQ(begin_accept(listener, operation), DWORD{ERROR_IO_PENDING});
    client = connect_to(listener);
    ASSERT_EQ(::send(client.get(), "!", 1, 0), 1);
    EXPECT_TRUE(take(port).ok);
    ASSERT_EQ(::recv(operation.socket.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, '!');
    ASSERT_EQ(::send(operation.socket.get(), "?", 1, 0), 1);
    EXPECT_EQ(::recv(client.get(), &byte, 1, 0), 1);
}
