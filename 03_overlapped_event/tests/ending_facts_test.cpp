// Facts about overlapped operations that end early: by a cancel, with their thread, or because
// their handle is closed.
#include "pending.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <thread>
#include <vector>

namespace {

using namespace event_test;

class event_ending_facts : public harness::facts {};

// More than the two ends of a connection buffer: a send of it is pending while nobody reads.
constexpr std::size_t large = 32 * 1024 * 1024;

void start_large_send(SOCKET socket, operation& send, std::vector<char>& bytes) {
    // With buffers of its own Windows may copy all the bytes, and be done at once.
    win32::set_option(socket, SOL_SOCKET, SO_SNDBUF, 0);
    send.buffer = {static_cast<ULONG>(bytes.size()), bytes.data()};
    ASSERT_EQ(::WSASend(socket, &send.buffer, 1, nullptr, 0, &send, nullptr), SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
}

// The bytes that a peer reads until its connection ends, and how it ends.
struct stream {
    std::size_t bytes = 0;
    int error = 0; // 0 for an orderly end
};

stream read_to_the_end(SOCKET socket) {
    win32::set_option(socket, SOL_SOCKET, SO_RCVTIMEO, static_cast<DWORD>(harness::deadline));
    std::vector<char> buffer(64 * 1024);
    stream result;
    for (;;) {
        const int received = ::recv(socket, buffer.data(), static_cast<int>(buffer.size()), 0);
        const int error = ::WSAGetLastError();
        if (received <= 0) {
            result.error = received == 0 ? 0 : error;
            return result;
        }
        result.bytes += static_cast<std::size_t>(received);
    }
}

TEST_F(event_ending_facts, CancelIoExEndsAnOperationOnce) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    EXPECT_TRUE(::CancelIoEx(receive.handle, &receive));
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_FALSE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                          &receive.flags));
    EXPECT_EQ(::WSAGetLastError(), WSA_OPERATION_ABORTED); // 995
    EXPECT_FALSE(::CancelIoEx(receive.handle, &receive));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_NOT_FOUND}); // 1168
}

TEST_F(event_ending_facts, CancelledReadStillCompletes) {
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    operation reading{pipe.reader.get()};
    ASSERT_FALSE(
        ::ReadFile(pipe.reader.get(), reading.data, sizeof reading.data, nullptr, &reading));
    ASSERT_EQ(::GetLastError(), DWORD{ERROR_IO_PENDING});
    // CancelIoEx only asks. The buffer and the OVERLAPPED are the kernel's until the completion,
    // which comes as it would have come without the cancel.
    ASSERT_TRUE(::CancelIoEx(pipe.reader.get(), &reading));
    EXPECT_TRUE(becomes_signalled(reading.hEvent));
    EXPECT_FALSE(::GetOverlappedResult(pipe.reader.get(), &reading, &reading.bytes, FALSE));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_OPERATION_ABORTED});
}

TEST_F(event_ending_facts, CancelThatComesTooLateChangesNothing) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    ASSERT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_FALSE(::CancelIoEx(receive.handle, &receive));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_NOT_FOUND});
    EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags));
    EXPECT_EQ(receive.bytes, 1u);
}

TEST_F(event_ending_facts, CancelIoLeavesTheOperationsOfOtherThreadsAlone) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    const win32::unique_handle issued{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle done{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::thread issuer{[&] {
        start_receive(sockets.server.get(), receive);
        ::SetEvent(issued.get());
        becomes_signalled(done.get()); // a thread that exits would cancel its operation itself
    }};
    EXPECT_TRUE(becomes_signalled(issued.get()));
    EXPECT_TRUE(::CancelIo(receive.handle));
    EXPECT_EQ(::send(sockets.client.get(), "x", 1, 0), 1);
    EXPECT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_TRUE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                         &receive.flags))
        << "it received instead of being cancelled";
    ::SetEvent(done.get());
    issuer.join();
}

TEST_F(event_ending_facts, ThreadExitCancelsItsPendingOperations) {
    const harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    std::thread{[&] {
        start_receive(sockets.server.get(), receive);
    }}.join();
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    EXPECT_FALSE(::WSAGetOverlappedResult(sockets.server.get(), &receive, &receive.bytes, FALSE,
                                          &receive.flags));
    EXPECT_EQ(::WSAGetLastError(), WSA_OPERATION_ABORTED);
}

TEST_F(event_ending_facts, ClosingTheSocketAbortsAPendingReceive) {
    harness::socket_pair sockets = harness::make_socket_pair();
    operation receive{sockets.server.get()};
    start_receive(sockets.server.get(), receive);
    sockets.server.reset();
    ASSERT_TRUE(becomes_signalled(receive.hEvent));
    // With an event, this looks at nothing but the OVERLAPPED: there is no handle any more.
    EXPECT_FALSE(::GetOverlappedResult(receive.handle, &receive, &receive.bytes, FALSE));
    EXPECT_EQ(::GetLastError(), DWORD{ERROR_CONNECTION_ABORTED}); // 1236, and not 995
}

TEST_F(event_ending_facts, ClosingTheSocketAbortsAPendingSend) {
    std::vector<char> bytes(large);
    harness::socket_pair sockets = harness::make_socket_pair();
    operation send{sockets.server.get()};
    start_large_send(sockets.server.get(), send, bytes);
    sockets.server.reset();
    ASSERT_TRUE(becomes_signalled(send.hEvent));
    EXPECT_FALSE(::GetOverlappedResult(send.handle, &send, &send.bytes, FALSE));
    const DWORD error = ::GetLastError();
    // The page of closesocket says 995; a receive gets 1236.
    EXPECT_TRUE(error == DWORD{ERROR_OPERATION_ABORTED} || error == DWORD{ERROR_CONNECTION_ABORTED})
        << error;
}

//! [close-with-send-pending]
TEST_F(event_ending_facts, ClosingWithASendPendingResetsTheConnection) {
    std::vector<char> bytes(large);
    harness::socket_pair sockets = harness::make_socket_pair();
    operation send{sockets.server.get()};
    start_large_send(sockets.server.get(), send, bytes);
    sockets.server.reset(); // closesocket, with a send pending
    const stream peer = read_to_the_end(sockets.client.get());
    EXPECT_LT(peer.bytes, large);
    EXPECT_EQ(peer.error, WSAECONNRESET) << "after " << peer.bytes << " bytes";
}
//! [close-with-send-pending]

TEST_F(event_ending_facts, CancelledSendThenLingerZeroResetsTheConnection) {
    std::vector<char> bytes(large);
    harness::socket_pair sockets = harness::make_socket_pair();
    operation send{sockets.server.get()};
    start_large_send(sockets.server.get(), send, bytes);
    // Under Wine a cancel does not find a send that is going on just then, so we ask again.
    harness::wait_until([&] {
        ::CancelIoEx(send.handle, &send);
        return is_signalled(send.hEvent);
    });
    ASSERT_TRUE(is_signalled(send.hEvent));
    EXPECT_FALSE(
        ::WSAGetOverlappedResult(sockets.server.get(), &send, &send.bytes, FALSE, &send.flags));
    EXPECT_EQ(::WSAGetLastError(), WSA_OPERATION_ABORTED);
    harness::close_with_reset(sockets.server);
    const stream peer = read_to_the_end(sockets.client.get());
    EXPECT_LT(peer.bytes, large);
    EXPECT_EQ(peer.error, WSAECONNRESET) << "after " << peer.bytes << " bytes";
}

TEST_F(event_ending_facts, ClosingOneOfTwoHandlesEndsNothing) {
    harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    HANDLE second = nullptr;
    ASSERT_TRUE(::DuplicateHandle(::GetCurrentProcess(), pipe.reader.get(), ::GetCurrentProcess(),
                                  &second, 0, FALSE, DUPLICATE_SAME_ACCESS));
    const win32::unique_file same{second}; // a child process that has inherited it is the same
    operation reading{same.get()};
    ASSERT_FALSE(
        ::ReadFile(pipe.reader.get(), reading.data, sizeof reading.data, nullptr, &reading));
    ASSERT_EQ(::GetLastError(), DWORD{ERROR_IO_PENDING});
    pipe.reader.reset(); // the handle that the read was started with
    EXPECT_FALSE(is_signalled(reading.hEvent));
    DWORD written = 0;
    ASSERT_TRUE(::WriteFile(pipe.writer.get(), "x", 1, &written, nullptr));
    ASSERT_TRUE(becomes_signalled(reading.hEvent));
    EXPECT_TRUE(::GetOverlappedResult(same.get(), &reading, &reading.bytes, FALSE));
    EXPECT_EQ(reading.data[0], 'x');
}

} // namespace
