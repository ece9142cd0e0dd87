// Facts about overlapped operations that tell of their end through an event.
#include "pending.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace event_test;

class event_facts : public harness::facts {};

win32::unique_file open_overlapped(const std::filesystem::path& path) {
    return win32::unique_file{::CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                            OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
}

// ReadFile or WriteFile on an overlapped file may end at once or later; either way the result is
// collected in one place. Returns the error, 0 when it went well.
DWORD finish(BOOL started, operation& io) {
    const DWORD error = started ? ERROR_SUCCESS : ::GetLastError();
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING) {
        io.Internal = 0; // it failed at once: nothing was lent, and there is no result to collect
        return error;
    }
    return ::GetOverlappedResult(io.handle, &io, &io.bytes, TRUE) ? ERROR_SUCCESS
                                                                  : ::GetLastError();
}

//! [receive-returns-at-once]
TEST_F(event_facts, ReceiveReturnsAtOnceAndTheThreadGoesOn) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    EXPECT_EQ(::WSARecv(sockets.server.get(), &receive.buffer, 1, nullptr, &receive.flags, &receive,
                        nullptr),
              SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
    // A blocking receive would hang here for ever, since this same thread sends.
    ASSERT_EQ(::send(sockets.client.get(), "hello", 5, 0), 5);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    ASSERT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags));
    EXPECT_EQ(std::string_view(receive.data, receive.bytes), "hello");
}
//! [receive-returns-at-once]

TEST_F(event_facts, EventIsResetAtIssueAndSetOnCompletion) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    ::SetEvent(receive.hEvent); // as the last operation left it
    start_receive(sockets.server.get(), receive);
    EXPECT_FALSE(is_signalled(receive.hEvent));
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    EXPECT_TRUE(becomes_signalled(receive.hEvent));
}

TEST_F(event_facts, ResultOfAPendingOperationIsIncomplete) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    EXPECT_FALSE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                          &receive.flags));
    EXPECT_EQ(::WSAGetLastError(), WSA_IO_INCOMPLETE);
}

TEST_F(event_facts, ImmediateSuccessSignalsTheEventToo) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    WSAPOLLFD arrived{sockets.server.get(), POLLRDNORM, 0};
    ASSERT_EQ(::WSAPoll(&arrived, 1, static_cast<INT>(harness::deadline)), 1);
    operation receive{sockets.server.get()};
    // 0 and not WSA_IO_PENDING, yet the loop that waits for the event need not know.
    EXPECT_EQ(::WSARecv(sockets.server.get(), &receive.buffer, 1, nullptr, &receive.flags, &receive,
                        nullptr),
              0);
    EXPECT_TRUE(is_signalled(receive.hEvent));
}

TEST_F(event_facts, ImmediateFailureSignalsNothing) {
    const win32::unique_socket unconnected = win32::make_tcp_socket();
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    OVERLAPPED receive{};
    receive.hEvent = event.get();
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD flags = 0;
    EXPECT_EQ(::WSARecv(unconnected.get(), &buffer, 1, nullptr, &flags, &receive, nullptr),
              SOCKET_ERROR);
    EXPECT_EQ(::WSAGetLastError(), WSAENOTCONN);
    // A program that took this for pending would wait for ever.
    EXPECT_FALSE(is_signalled(event.get()));
}

TEST_F(event_facts, NonblockingModeDoesNotTouchAnOverlappedCall) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    u_long yes = 1;
    ASSERT_EQ(::ioctlsocket(sockets.server.get(), static_cast<long>(FIONBIO), &yes), 0);
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive); // without the OVERLAPPED: WSAEWOULDBLOCK
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags));
    EXPECT_EQ(receive.bytes, 1u);
}

TEST_F(event_facts, ReceiveTimeoutDoesNotTouchAnOverlappedCall) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    const harness::socket_pair clock = harness::make_socket_pair();
    const DWORD limit = 50;
    for (const SOCKET each : {sockets.server.get(), clock.server.get()})
        ASSERT_EQ(::setsockopt(each, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&limit),
                               sizeof limit),
                  0);
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    // The blocking receive on the other connection begins later, and its limit is the same.
    char byte = 0;
    ASSERT_EQ(::recv(clock.server.get(), &byte, 1, 0), SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSAETIMEDOUT);
    EXPECT_FALSE(is_signalled(receive.hEvent));
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags));
}

TEST_F(event_facts, SocketThatIsNotOverlappedWaitsInsideTheCall) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const win32::unique_socket client{
        ::WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0)};
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    const win32::unique_socket server{::accept(listener.get(), nullptr, nullptr)};
    const win32::unique_handle calling{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    operation receive{client.get()};
    int result = SOCKET_ERROR;
    std::thread waiter{[&] {
        ::SetEvent(calling.get());
        result =
            ::WSARecv(client.get(), &receive.buffer, 1, nullptr, &receive.flags, &receive, nullptr);
        EXPECT_EQ(receive.data[0], 'x') << "it has returned without the byte";
    }};
    EXPECT_TRUE(becomes_signalled(calling.get()));
    EXPECT_EQ(::send(server.get(), "x", 1, 0), 1);
    waiter.join();
    EXPECT_EQ(result, 0); // never pending, though it was given an OVERLAPPED
}

//! [sixty-five]
TEST_F(event_facts, SixtyFiveHandlesAreOneTooMany) {
    std::vector<win32::unique_handle> events;
    std::vector<HANDLE> handles; // all different: a handle that comes twice is an error of its own
    for (int i = 0; i < 65; ++i)
        handles.push_back(events.emplace_back(::CreateEventW(nullptr, TRUE, TRUE, nullptr)).get());
    EXPECT_EQ(WSA_MAXIMUM_WAIT_EVENTS, 64);
    EXPECT_EQ(::WSAWaitForMultipleEvents(64, handles.data(), FALSE, 0, FALSE), WSA_WAIT_EVENT_0);
    EXPECT_EQ(::WSAWaitForMultipleEvents(65, handles.data(), FALSE, 0, FALSE), WSA_WAIT_FAILED);
    EXPECT_EQ(::WSAGetLastError(), WSA_INVALID_PARAMETER);
    EXPECT_EQ(::WaitForMultipleObjects(65, handles.data(), FALSE, 0), WAIT_FAILED);
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_INVALID_PARAMETER}); // 87
}
//! [sixty-five]

TEST_F(event_facts, TheWaitNamesTheLowestSignalledHandle) {
    const win32::unique_handle first{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle second{::CreateEventW(nullptr, TRUE, TRUE, nullptr)};
    const win32::unique_handle third{::CreateEventW(nullptr, TRUE, TRUE, nullptr)};
    const HANDLE handles[] = {first.get(), second.get(), third.get()};
    // One index a wait, the lowest: a busy client at the front can starve those behind it.
    EXPECT_EQ(::WSAWaitForMultipleEvents(3, handles, FALSE, 0, FALSE), WSA_WAIT_EVENT_0 + 1);
    EXPECT_EQ(::WSAWaitForMultipleEvents(3, handles, FALSE, 0, FALSE), WSA_WAIT_EVENT_0 + 1);
}

TEST_F(event_facts, AutoResetEventIsUsedUpByTheWait) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    const win32::unique_handle auto_reset{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    operation receive{sockets.server.get()};
    receive.hEvent = auto_reset.get();
    start_receive(sockets.server.get(), receive);
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(becomes_signalled(auto_reset.get()));
    // The operation has ended, but its event no longer says so: a second wait, such as one inside
    // WSAGetOverlappedResult, could last for ever. Hence manual-reset.
    EXPECT_FALSE(is_signalled(auto_reset.get()));
}

TEST_F(event_facts, AnyThreadMayCollectTheResult) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    std::thread other{[&] {
        ASSERT_TRUE(becomes_signalled(receive.hEvent));
        EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                             &receive.flags));
    }};
    EXPECT_EQ(::send(sockets.client.get(), "hello", 5, 0), 5);
    other.join();
    EXPECT_EQ(receive.bytes, 5u);
}

TEST_F(event_facts, WithoutEventsTheHandleDoesNotTellWhichOperationEnded) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation first{sockets.server.get()};
    operation second{sockets.server.get()};
    first.hEvent = second.hEvent = nullptr; // then the wait is for the socket itself
    start_receive(sockets.server.get(), first);
    start_receive(sockets.server.get(), second);
    EXPECT_FALSE(is_signalled(first.handle));
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(becomes_signalled(first.handle));
    EXPECT_TRUE(HasOverlappedIoCompleted(&first));
    EXPECT_FALSE(HasOverlappedIoCompleted(&second)) << "signalled, though this one goes on";
}

TEST_F(event_facts, ReceivesAreFilledInTheOrderOfIssue) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation first{sockets.server.get()};
    operation second{sockets.server.get()};
    first.buffer.len = second.buffer.len = 1;
    start_receive(sockets.server.get(), first);
    start_receive(sockets.server.get(), second);
    ASSERT_EQ(::send(sockets.client.get(), "AB", 2, 0), 2);
    const HANDLE both[] = {first.hEvent, second.hEvent};
    ASSERT_EQ(::WSAWaitForMultipleEvents(2, both, TRUE, harness::deadline, FALSE),
              WSA_WAIT_EVENT_0);
    EXPECT_EQ(first.data[0], 'A');
    EXPECT_EQ(second.data[0], 'B');
}

TEST_F(event_facts, WsabufArrayMayBeReusedWhenTheCallReturns) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    std::array<WSABUF, 2> pieces{WSABUF{1, receive.data}, WSABUF{4, receive.data + 8}};
    ASSERT_EQ(::WSARecv(sockets.server.get(), pieces.data(), 2, nullptr, &receive.flags, &receive,
                        nullptr),
              SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
    pieces = {}; // the list was copied; the bytes that it points to were not
    ASSERT_EQ(::send(sockets.client.get(), "hello", 5, 0), 5);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_EQ(receive.data[0], 'h');
    EXPECT_EQ(std::string_view(receive.data + 8, 4), "ello");
}

TEST_F(event_facts, EndOfStreamCompletesWithZeroBytes) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    ASSERT_EQ(::shutdown(sockets.client.get(), SD_SEND), 0);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    receive.bytes = 99;
    EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags));
    EXPECT_EQ(receive.bytes, 0u);
}

TEST_F(event_facts, AcceptExIsAnOverlappedOperationToo) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const win32::unique_socket accepted = win32::make_tcp_socket(); // made before the client comes
    constexpr DWORD length = sizeof(sockaddr_in) + 16; // 16 more than an address, says AcceptEx
    char addresses[2 * length];
    operation accepting{listener.get()};
    ASSERT_FALSE(::AcceptEx(listener.get(), accepted.get(), addresses, 0, length, length,
                            &accepting.bytes, &accepting));
    ASSERT_EQ(::WSAGetLastError(), ERROR_IO_PENDING);
    const win32::unique_socket client = win32::make_tcp_socket();
    sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    ASSERT_TRUE(becomes_signalled(accepting.hEvent));
    // Only this makes it a socket such as accept() returns: one that knows its peer, say.
    const SOCKET from = listener.get();
    ASSERT_EQ(::setsockopt(accepted.get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                           reinterpret_cast<const char*>(&from), sizeof from),
              0);
    sockaddr_in peer{};
    int size = sizeof peer;
    ASSERT_EQ(::getpeername(accepted.get(), reinterpret_cast<sockaddr*>(&peer), &size), 0);
    EXPECT_EQ(::ntohs(peer.sin_port), win32::local_port(client.get()));
}

TEST_F(event_facts, ReadTakesItsOffsetFromTheOverlapped) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    operation reading{file.get()};
    reading.Offset = 4;
    // There is no file position that a read would move on: the same OVERLAPPED reads the same.
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(finish(::ReadFile(file.get(), reading.data, 3, nullptr, &reading), reading), 0u);
        EXPECT_EQ(std::string_view(reading.data, reading.bytes), "456");
        EXPECT_EQ(reading.Offset, 4u);
    }
    reading.OffsetHigh = 1; // 4 GiB further on: the upper half of one 64-bit offset
    EXPECT_EQ(finish(::ReadFile(file.get(), reading.data, 3, nullptr, &reading), reading),
              DWORD{ERROR_HANDLE_EOF});
}

TEST_F(event_facts, AsynchronousEndOfFileIsAnError) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    operation reading{file.get()};
    reading.Offset = 8; // a read across the end is short; one that begins at the end fails
    ASSERT_EQ(finish(::ReadFile(file.get(), reading.data, 4, nullptr, &reading), reading), 0u);
    EXPECT_EQ(reading.bytes, 2u);
    reading.Offset = 10;
    EXPECT_EQ(finish(::ReadFile(file.get(), reading.data, 4, nullptr, &reading), reading),
              DWORD{ERROR_HANDLE_EOF}); // 38
}

TEST_F(event_facts, CachedReadIsDoneInsideTheCallAndReportedAsPending) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    operation reading{file.get()};
    ASSERT_EQ(finish(::ReadFile(file.get(), reading.data, 3, nullptr, &reading), reading), 0u);
    // The bytes lie in the cache now. A filter in between, such as a virus scanner, may still put a
    // read off: so not every one of them has to be done when its call returns.
    int done_inside = 0;
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(::ReadFile(file.get(), reading.data, 3, nullptr, &reading));
        EXPECT_EQ(::GetLastError(), DWORD{ERROR_IO_PENDING});
        done_inside += HasOverlappedIoCompleted(&reading) ? 1 : 0; // nothing has waited for it
        EXPECT_TRUE(::GetOverlappedResult(file.get(), &reading, &reading.bytes, TRUE));
        EXPECT_EQ(std::string_view(reading.data, reading.bytes), "012");
    }
    EXPECT_GT(done_inside, 0);
}

TEST_F(event_facts, BlocksMayBeWrittenInAnyOrder) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"blocks", ""));
    operation back{file.get()};
    operation front{file.get()};
    back.Offset = 4;
    ASSERT_EQ(finish(::WriteFile(file.get(), "tail", 4, nullptr, &back), back), 0u);
    ASSERT_EQ(finish(::WriteFile(file.get(), "head", 4, nullptr, &front), front), 0u);
    operation reading{file.get()};
    ASSERT_EQ(finish(::ReadFile(file.get(), reading.data, 16, nullptr, &reading), reading), 0u);
    EXPECT_EQ(std::string_view(reading.data, reading.bytes), "headtail");
}

TEST_F(event_facts, ReadWithoutAnOverlappedIsRefused) {
    const harness::temporary_folder folder;
    const win32::unique_file file = open_overlapped(folder.make_file(L"digits", "0123456789"));
    char data[4];
    DWORD bytes = 0;
    // An overlapped file has no position of its own, so nothing says where to read.
    EXPECT_FALSE(::ReadFile(file.get(), data, sizeof data, &bytes, nullptr));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
}

} // namespace
