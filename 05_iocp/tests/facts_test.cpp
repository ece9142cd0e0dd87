// Facts about completion ports. Those about receives and files, about threads and about AcceptEx
// have files of their own beside this one.
#include "packet.hpp"
#include "testing/facts.hpp"

#include <set>
#include <string_view>

using iocp_test::as_handle;
using iocp_test::expect_empty;
using iocp_test::packet;
using iocp_test::receive;
using iocp_test::take;
using iocp_test::wait_until_readable;

class iocp_facts : public harness::facts {
protected:
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
};

// ---- The port, its handles and its keys

TEST_F(iocp_facts, PortIsAKernelObjectThatOutlivesOneOfItsHandles) {
    win32::unique_handle first{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    HANDLE copy = nullptr;
    ASSERT_TRUE(::DuplicateHandle(::GetCurrentProcess(), first.get(), ::GetCurrentProcess(), &copy,
                                  0, FALSE, DUPLICATE_SAME_ACCESS));
    const win32::unique_handle second{copy};
    ASSERT_TRUE(::PostQueuedCompletionStatus(first.get(), 0, 5, nullptr));
    first.reset();
    EXPECT_EQ(take(second).key, 5u);
}

TEST_F(iocp_facts, OnePortServesManyHandles) {
    const harness::temporary_folder folder;
    const harness::socket_pair a = harness::make_socket_pair();
    const harness::socket_pair b = harness::make_socket_pair();
    const win32::unique_file file{::CreateFileW(folder.make_file(L"file", "hello").c_str(),
                                                GENERIC_READ, FILE_SHARE_READ, nullptr,
                                                OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(a.server), port.get(), 1, 0), port.get());
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(b.server), port.get(), 2, 0), port.get());
    ASSERT_EQ(::CreateIoCompletionPort(file.get(), port.get(), 3, 0), port.get());

    char bytes[3][8];
    OVERLAPPED operations[3]{};
    ASSERT_EQ(receive(a.server, bytes[0], 8, operations[0]), WSA_IO_PENDING);
    ASSERT_EQ(receive(b.server, bytes[1], 8, operations[1]), WSA_IO_PENDING);
    // A file may be read at once or later; its packet comes either way.
    ASSERT_TRUE(::ReadFile(file.get(), bytes[2], 8, nullptr, &operations[2]) ||
                ::GetLastError() == ERROR_IO_PENDING);
    ASSERT_EQ(::send(a.client.get(), "hello", 5, 0), 5);
    ASSERT_EQ(::send(b.client.get(), "hello", 5, 0), 5);

    std::set<ULONG_PTR> keys;
    for (int i = 0; i < 3; ++i)
        keys.insert(take(port).key);
    EXPECT_EQ(keys, (std::set<ULONG_PTR>{1, 2, 3}));
}

TEST_F(iocp_facts, KeyBelongsToTheHandleOverlappedToTheOperation) {
    const harness::socket_pair a = harness::make_socket_pair();
    const harness::socket_pair b = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(a.server), port.get(), 10, 0), port.get());
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(b.server), port.get(), 20, 0), port.get());

    char bytes[3];
    OVERLAPPED first_of_a{}, second_of_a{}, first_of_b{};
    ASSERT_EQ(receive(a.server, &bytes[0], 1, first_of_a), WSA_IO_PENDING);
    ASSERT_EQ(receive(a.server, &bytes[1], 1, second_of_a), WSA_IO_PENDING);
    ASSERT_EQ(receive(b.server, &bytes[2], 1, first_of_b), WSA_IO_PENDING);

    ASSERT_EQ(::send(b.client.get(), "x", 1, 0), 1);
    packet taken = take(port);
    EXPECT_EQ(taken.key, 20u);
    EXPECT_EQ(taken.overlapped, &first_of_b);

    // Two operations of one handle share its key: only the OVERLAPPED tells them apart.
    for (OVERLAPPED* operation : {&first_of_a, &second_of_a}) {
        ASSERT_EQ(::send(a.client.get(), "x", 1, 0), 1);
        taken = take(port);
        EXPECT_EQ(taken.key, 10u);
        EXPECT_EQ(taken.overlapped, operation);
    }
}

TEST_F(iocp_facts, SecondPortForTheSameHandleIsRefused) {
    const win32::unique_handle other{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const win32::unique_socket socket = win32::make_tcp_socket();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(socket), port.get(), 1, 0), port.get());

    const HANDLE again = ::CreateIoCompletionPort(as_handle(socket), other.get(), 1, 0);
    const DWORD error = ::GetLastError();
    EXPECT_EQ(again, nullptr);
    EXPECT_EQ(error, DWORD{ERROR_INVALID_PARAMETER}); // 87
}

TEST_F(iocp_facts, HandleThatIsNotOverlappedIsRefused) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"file", "hello").c_str(),
                                                GENERIC_READ, FILE_SHARE_READ, nullptr,
                                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    ASSERT_TRUE(file);
    const HANDLE associated = ::CreateIoCompletionPort(file.get(), port.get(), 1, 0);
    const DWORD error = ::GetLastError();
    EXPECT_EQ(associated, nullptr);
    EXPECT_EQ(error, DWORD{ERROR_INVALID_PARAMETER});
}

// ---- The operations that queue a packet

TEST_F(iocp_facts, RequestReturnsAtOnceAndThePacketComesWhenTheWorkIsDone) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());

    char bytes[8]{};
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, bytes, 8, operation), WSA_IO_PENDING); // the request
    expect_empty(port); // nothing has come, and this thread was free to look

    ASSERT_EQ(::send(pair.client.get(), "hello", 5, 0), 5);
    const packet taken = take(port); // the notice
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operation);
    EXPECT_EQ(std::string_view(bytes, taken.bytes), "hello"); // the processing
}

TEST_F(iocp_facts, HasOverlappedIoCompletedIsFalseUntilThePacketIsTaken) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);

    // A port is signaled while a packet is in its queue: so the receive is done, and yet
    ASSERT_EQ(::WaitForSingleObject(port.get(), harness::deadline), WAIT_OBJECT_0);
    EXPECT_FALSE(HasOverlappedIoCompleted(&operation));
    EXPECT_TRUE(take(port).ok);
    EXPECT_TRUE(HasOverlappedIoCompleted(&operation));
}

//! [immediate-success]
TEST_F(iocp_facts, ImmediateSuccessStillQueuesAPacket) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));

    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), 0) << "the byte is there already";

    // A program that handles the result here as well handles it twice.
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operation);
    EXPECT_EQ(taken.bytes, 1u);
}
//! [immediate-success]

TEST_F(iocp_facts, SkipOnSuccessQueuesNoPacketForAnImmediateSuccess) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_TRUE(::SetFileCompletionNotificationModes(as_handle(pair.server),
                                                     FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));

    char byte = 0;
    OVERLAPPED at_once{};
    ASSERT_EQ(receive(pair.server, &byte, 1, at_once), 0) << "the byte is there already";
    EXPECT_EQ(byte, 'x');
    expect_empty(port);

    OVERLAPPED later{};
    ASSERT_EQ(receive(pair.server, &byte, 1, later), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "y", 1, 0), 1);
    EXPECT_EQ(take(port).overlapped, &later) << "one that was pending queues its packet as ever";
}

TEST_F(iocp_facts, SkipModeCannotBeSwitchedOff) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_TRUE(::SetFileCompletionNotificationModes(as_handle(pair.server),
                                                     FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    EXPECT_TRUE(::SetFileCompletionNotificationModes(as_handle(pair.server), 0)); // adds nothing
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));

    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), 0) << "the byte is there already";
    expect_empty(port);
}

TEST_F(iocp_facts, SkipModeIsRefusedOnAHandleThatIsNotOverlapped) {
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"file", "hello").c_str(),
                                                GENERIC_READ, FILE_SHARE_READ, nullptr,
                                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    ASSERT_TRUE(file);
    const BOOL set =
        ::SetFileCompletionNotificationModes(file.get(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(set);
    EXPECT_EQ(error, DWORD{ERROR_INVALID_PARAMETER});
}

TEST_F(iocp_facts, FailingAtOnceQueuesNoPacket) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_EQ(::shutdown(pair.server.get(), SD_SEND), 0);

    char byte = 'x';
    WSABUF what{1, &byte};
    OVERLAPPED operation{};
    const int result = ::WSASend(pair.server.get(), &what, 1, nullptr, 0, &operation, nullptr);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(result, SOCKET_ERROR);
    EXPECT_EQ(error, WSAESHUTDOWN);
    // A wait for its packet would last for ever: the error is handled here, and only here.
    expect_empty(port);
}

TEST_F(iocp_facts, BlockingCallOnAPortsSocketQueuesNoPacket) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);

    char byte = 0;
    ASSERT_EQ(::recv(pair.server.get(), &byte, 1, 0), 1);
    expect_empty(port); // a packet is for an OVERLAPPED, and recv has none
}

TEST_F(iocp_facts, LowBitOfTheEventSuppressesThePacket) {
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());

    char byte = 0;
    OVERLAPPED operation{};
    operation.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(event.get()) | 1);
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_EQ(::WaitForSingleObject(event.get(), harness::deadline), WAIT_OBJECT_0);
    expect_empty(port);
}

// ---- Cancelling and closing

TEST_F(iocp_facts, CancelledOperationStillQueuesItsPacket) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);

    // A cancel is only a request: the memory is the kernel's until the packet has been taken.
    ASSERT_TRUE(::CancelIoEx(as_handle(pair.server), &operation));
    const packet taken = take(port);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.error, DWORD{ERROR_OPERATION_ABORTED}); // 995
    EXPECT_EQ(taken.overlapped, &operation);

    const BOOL again = ::CancelIoEx(as_handle(pair.server), &operation);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(again);
    EXPECT_EQ(error, DWORD{ERROR_NOT_FOUND}); // 1168: nothing was left to cancel
}

TEST_F(iocp_facts, CancellingWhatIsDoneChangesNothing) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), 0);

    // The operation is done, and its packet not yet taken. No document says whether the cancel now
    // answers TRUE or 1168, "there is nothing to cancel". A cancel always races with the
    // completion, so only the packet tells how the operation ended.
    const BOOL cancelled = ::CancelIoEx(as_handle(pair.server), &operation);
    const DWORD error = ::GetLastError();
    EXPECT_TRUE(cancelled || error == ERROR_NOT_FOUND) << error;
    EXPECT_TRUE(take(port).ok);
    EXPECT_EQ(byte, 'x');
}

TEST_F(iocp_facts, ClosingASocketEndsItsReceiveWith1236) {
    harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);

    pair.server.reset();
    // The packet comes all the same, and until it does the memory is the kernel's.
    const packet taken = take(port);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.key, 7u);
    EXPECT_EQ(taken.overlapped, &operation);
    // It is not 995, as after a cancel. Winsock calls it 10053, WSAECONNABORTED.
    EXPECT_EQ(taken.error, DWORD{ERROR_CONNECTION_ABORTED});
}

// ---- The answers of GetQueuedCompletionStatus

TEST_F(iocp_facts, TimeoutLeavesOverlappedNull) {
    OVERLAPPED unrelated{};
    OVERLAPPED* overlapped = &unrelated;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    const BOOL ok = ::GetQueuedCompletionStatus(port.get(), &bytes, &key, &overlapped, 0);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, DWORD{WAIT_TIMEOUT});
    EXPECT_EQ(overlapped, nullptr); // no packet was taken: nothing failed but the waiting
}

TEST_F(iocp_facts, FailedOperationComesWithItsOverlapped) {
    harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    harness::close_with_reset(pair.client);

    OVERLAPPED* overlapped = nullptr;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    const BOOL ok =
        ::GetQueuedCompletionStatus(port.get(), &bytes, &key, &overlapped, harness::deadline);
    // FALSE again, but a packet was taken: this operation has failed, and the port is well.
    EXPECT_FALSE(ok);
    EXPECT_EQ(overlapped, &operation);
    EXPECT_EQ(key, 7u);
}

TEST_F(iocp_facts, ResetIs64FromThePortAnd10054FromWinsock) {
    harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    harness::close_with_reset(pair.client);

    // The port serves every kind of handle, so it speaks of it as of a lost network file.
    EXPECT_EQ(take(port).error, DWORD{ERROR_NETNAME_DELETED}); // 64
    DWORD bytes = 0;
    DWORD flags = 0;
    const BOOL ok = ::WSAGetOverlappedResult(pair.server.get(), &operation, &bytes, FALSE, &flags);
    const int error = ::WSAGetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, WSAECONNRESET); // 10054
}

TEST_F(iocp_facts, ExFormTakesManyPacketsAtOnce) {
    for (ULONG_PTR key = 1; key <= 5; ++key)
        ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, key, nullptr));
    OVERLAPPED_ENTRY entries[16]{};
    ULONG count = 0;
    ASSERT_TRUE(
        ::GetQueuedCompletionStatusEx(port.get(), entries, 16, &count, harness::deadline, FALSE));
    ASSERT_EQ(count, 5u); // it waits for the first one only, never for all 16
    for (ULONG i = 0; i < count; ++i)
        EXPECT_EQ(entries[i].lpCompletionKey, i + 1);
}

TEST_F(iocp_facts, ExFormReportsFailureOnlyInInternal) {
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    ASSERT_TRUE(::CancelIoEx(as_handle(pair.server), &operation));

    OVERLAPPED_ENTRY entry{};
    ULONG count = 0;
    // TRUE says that packets were taken, and nothing of how the operations went.
    EXPECT_TRUE(
        ::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, harness::deadline, FALSE));
    ASSERT_EQ(entry.lpOverlapped, &operation);
    EXPECT_LT(static_cast<LONG>(operation.Internal), 0); // an NTSTATUS: a negative one is an error

    DWORD bytes = 0;
    DWORD flags = 0;
    const BOOL ok = ::WSAGetOverlappedResult(pair.server.get(), &operation, &bytes, FALSE, &flags);
    const int error = ::WSAGetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, WSA_OPERATION_ABORTED); // 995: the number that is documented
}

// ---- The queue

TEST_F(iocp_facts, PostedPacketCarriesThreeValuesUntouched) {
    // None of the three need mean what its name says: this one is no OVERLAPPED at all.
    OVERLAPPED* const anything = reinterpret_cast<OVERLAPPED*>(ULONG_PTR{0x1234});
    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0xFFFF'FFFF, ~ULONG_PTR{0}, anything));
    packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.bytes, 0xFFFF'FFFFu);
    EXPECT_EQ(taken.key, ~ULONG_PTR{0});
    EXPECT_EQ(taken.overlapped, anything);

    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 0, nullptr));
    taken = take(port);
    EXPECT_TRUE(taken.ok) << "TRUE with a null OVERLAPPED is a packet, not a timeout";
    EXPECT_EQ(taken.overlapped, nullptr);
}

TEST_F(iocp_facts, OneThreadTakesPacketsInTheOrderTheyArrived) {
    for (DWORD number = 0; number < 100; ++number)
        ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), number, 0, nullptr));
    // With a second thread nothing orders the work of the two with their packets.
    for (DWORD number = 0; number < 100; ++number)
        ASSERT_EQ(take(port).bytes, number);
}
