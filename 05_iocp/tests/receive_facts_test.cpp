// Facts about receives and files on a completion port.
#include "packet.hpp"
#include "testing/facts.hpp"

#include <string_view>

using iocp_test::as_handle;
using iocp_test::expect_empty;
using iocp_test::packet;
using iocp_test::receive;
using iocp_test::take;

class iocp_receive_facts : public harness::facts {
protected:
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
};

TEST_F(iocp_receive_facts, ZeroByteReceiveCompletesWhenDataIsThereAndTakesNone) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, nullptr, 0, operation), WSA_IO_PENDING); // lends no buffer
    expect_empty(port);

    ASSERT_EQ(::send(pair.client.get(), "hello", 5, 0), 5);
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.bytes, 0u); // here 0 is not the end of the stream
    char bytes[5];
    ASSERT_EQ(::recv(pair.server.get(), bytes, 5, MSG_WAITALL), 5);
    EXPECT_EQ(std::string_view(bytes, 5), "hello");
}

TEST_F(iocp_receive_facts, ReceiveWithoutAnyWsabufIsRefused) {
    // "No bytes" means one WSABUF of length 0, as above. Here there is no WSABUF at all.
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    WSABUF unused{};
    DWORD flags = 0;
    OVERLAPPED operation{};
    const int result =
        ::WSARecv(pair.server.get(), &unused, 0, nullptr, &flags, &operation, nullptr);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(result, SOCKET_ERROR);
    EXPECT_EQ(error, WSAEINVAL);
    expect_empty(port);
}

TEST_F(iocp_receive_facts, ReceiveOfZeroBytesIsTheEndOfTheStream) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    ASSERT_EQ(::shutdown(pair.client.get(), SD_SEND), 0);
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok); // no error: the peer has said all it had to say
    EXPECT_EQ(taken.overlapped, &operation);
    EXPECT_EQ(taken.bytes, 0u);
}

TEST_F(iocp_receive_facts, ReceivesOnASocketAreFilledInTheOrderOfTheirCalls) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char bytes[4]{};
    OVERLAPPED operations[4]{};
    for (std::size_t i = 0; i < 4; ++i)
        ASSERT_EQ(receive(pair.server, &bytes[i], 1, operations[i]), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "abcd", 4, 0), 4);
    for (OVERLAPPED& operation : operations)
        EXPECT_EQ(take(port).overlapped, &operation);
    EXPECT_EQ(std::string_view(bytes, 4), "abcd");
}

TEST_F(iocp_receive_facts, AsynchronousEndOfFileIsAnError) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"file", "1234").c_str(),
                                                GENERIC_READ, FILE_SHARE_READ, nullptr,
                                                OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
    ASSERT_EQ(::CreateIoCompletionPort(file.get(), port.get(), 3, 0), port.get());
    char bytes[4];
    OVERLAPPED operation{};
    operation.Offset = 4;
    const BOOL ok = ::ReadFile(file.get(), bytes, sizeof bytes, nullptr, &operation);
    DWORD error = ::GetLastError();
    ASSERT_FALSE(ok); // a blocking read would succeed here, with 0 bytes

    // The system may know at once or later. A failure at once queues no packet, as ever.
    if (error == ERROR_IO_PENDING) {
        const packet taken = take(port);
        EXPECT_FALSE(taken.ok);
        EXPECT_EQ(taken.overlapped, &operation);
        error = taken.error;
    }
    EXPECT_EQ(error, DWORD{ERROR_HANDLE_EOF}); // 38
    expect_empty(port);
}

TEST_F(iocp_receive_facts, FileIoIsReportedAsPendingSoSkipModeSavesNothing) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW((folder.path() / L"file").c_str(), GENERIC_WRITE, 0,
                                                nullptr, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED,
                                                nullptr)};
    ASSERT_EQ(::CreateIoCompletionPort(file.get(), port.get(), 3, 0), port.get());
    ASSERT_TRUE(
        ::SetFileCompletionNotificationModes(file.get(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    // The cache takes a few bytes at once; and yet the call does not say so.
    OVERLAPPED operation{};
    const BOOL at_once = ::WriteFile(file.get(), "hello", 5, nullptr, &operation);
    const DWORD error = ::GetLastError();
    ASSERT_FALSE(at_once);
    ASSERT_EQ(error, DWORD{ERROR_IO_PENDING});
    const packet taken = take(port);
    EXPECT_EQ(taken.overlapped, &operation);
    EXPECT_EQ(taken.bytes, 5u);
}
