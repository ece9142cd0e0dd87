// The ways in which an operation can end, and the events that end none.

#include "parsed_trace.hpp"

#include "testing/loopback.hpp"
#include "trace/log/thread_logs.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using harness::deadline;
using harness::socket_pair;
using trace_tests::parsed_trace;
using trace_tests::record;

struct receive : OVERLAPPED {
    receive() : OVERLAPPED{} {}
    std::array<char, 4096> buffer{};

    int start(SOCKET socket, DWORD* bytes = nullptr) {
        WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
        DWORD flags = 0;
        return ::WSARecv(socket, &part, 1, bytes, &flags, this, nullptr);
    }
};

void send_text(SOCKET socket, const std::string& text) {
    ASSERT_EQ(::send(socket, text.data(), static_cast<int>(text.size()), 0),
              static_cast<int>(text.size()));
}

DWORD collect(SOCKET socket, OVERLAPPED& overlapped) {
    DWORD bytes = 0;
    DWORD flags = 0;
    ::WSAGetOverlappedResult(socket, &overlapped, &bytes, TRUE, &flags);
    return bytes;
}

TEST(operations_of_a_recording, ImmediateFailureEndsWithItsCall) {
    receive operation;
    const parsed_trace seen = record([&] {
        ASSERT_EQ(operation.start(INVALID_SOCKET), SOCKET_ERROR);
        DWORD bytes = 0;
        // A look at it afterwards is no completion.
        ::GetOverlappedResult(INVALID_HANDLE_VALUE, &operation, &bytes, FALSE);
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const auto [begin, end] = seen.operations("WSARecv")[0];
    EXPECT_EQ(end["args"]["error"], WSAENOTSOCK);
    EXPECT_EQ(end["args"]["by"], "WSARecv");
    EXPECT_EQ(end["args"]["bytes"], 0);
    EXPECT_FALSE(end["args"].contains("cancelled"));
    EXPECT_EQ(seen.calls("WSARecv")[0]["error"], WSAENOTSOCK);
}

TEST(operations_of_a_recording, ImmediateFailureForgetsTheRoutine) {
    const trace::recorder recorder{16};
    OVERLAPPED overlapped{};
    char buffer[16];
    const auto never = [](DWORD, DWORD, OVERLAPPED*) {
        ADD_FAILURE();
    };
    ASSERT_FALSE(::ReadFileEx(nullptr, buffer, sizeof buffer, &overlapped,
                              static_cast<LPOVERLAPPED_COMPLETION_ROUTINE>(never)));
    EXPECT_EQ(trace::thread_logs::instance().mine_if_any()->routines.size(), 0u);
}

TEST(operations_of_a_recording, EndOfAFileThatIsKnownAtOnceEndsWithItsCall) {
    const harness::temporary_folder folder;
    const std::filesystem::path name = folder.make_file(L"empty", "");
    const win32::unique_file file{::CreateFileW(name.c_str(), GENERIC_READ, 0, nullptr,
                                                OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
    OVERLAPPED overlapped{};
    bool at_once = false;
    const parsed_trace seen = record([&] {
        char buffer[16];
        ASSERT_FALSE(::ReadFile(file.get(), buffer, sizeof buffer, nullptr, &overlapped));
        at_once = ::GetLastError() == ERROR_HANDLE_EOF;
        DWORD bytes = 0;
        if (!at_once)
            ::GetOverlappedResult(file.get(), &overlapped, &bytes, TRUE);
    });
    ASSERT_EQ(seen.operations("ReadFile").size(), 1u);
    const nlohmann::json end = seen.operations("ReadFile")[0].end;
    EXPECT_EQ(end["args"]["error"], ERROR_HANDLE_EOF);
    EXPECT_EQ(end["args"]["by"], at_once ? "ReadFile" : "GetOverlappedResult");
}

// A port may leave out the packets of operations that are done at once. Then nothing collects them:
// the call itself is the end. Its bytes are the operation's, if the program has asked for them.
TEST(operations_of_a_recording, DoneAtOnceWithoutAPacketEndsWithItsCall) {
    const socket_pair pair = harness::make_socket_pair();
    const auto handle = reinterpret_cast<HANDLE>(pair.server.get());
    const win32::unique_handle port{::CreateIoCompletionPort(handle, nullptr, 0, 0)};
    ASSERT_TRUE(::SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    receive operation;
    DWORD counted_bytes = 0;
    const parsed_trace seen = record([&] {
        for (DWORD* counted : {static_cast<DWORD*>(nullptr), &counted_bytes}) {
            send_text(pair.client.get(), "hello");
            WSAPOLLFD poll{pair.server.get(), POLLRDNORM, 0};
            ASSERT_EQ(::WSAPoll(&poll, 1, static_cast<INT>(deadline)), 1);
            static_cast<OVERLAPPED&>(operation) = {};
            ASSERT_EQ(operation.start(pair.server.get(), counted), 0);
        }
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 2u);
    const auto operations = seen.operations("WSARecv");
    for (const auto& [begin, end] : operations)
        EXPECT_EQ(end["args"]["by"], "WSARecv");
    EXPECT_FALSE(operations[0].end["args"].contains("bytes")) << "nobody knows";
    EXPECT_EQ(operations[1].end["args"]["bytes"], 5);
    for (const nlohmann::json& call : seen.calls("WSARecv")) {
        EXPECT_EQ(call["result"], "ok");
        EXPECT_FALSE(call.contains("bytes")) << "each byte stands once";
    }
    EXPECT_EQ(seen.bytes("WSARecv"), 5u);
}

// Without that mode a packet comes, and it is the end.
TEST(operations_of_a_recording, DoneAtOnceWithAPacketEndsWithThePacket) {
    const socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle port{
        ::CreateIoCompletionPort(reinterpret_cast<HANDLE>(pair.server.get()), nullptr, 0, 0)};
    receive operation;
    const parsed_trace seen = record([&] {
        send_text(pair.client.get(), "hello");
        WSAPOLLFD poll{pair.server.get(), POLLRDNORM, 0};
        ASSERT_EQ(::WSAPoll(&poll, 1, static_cast<INT>(deadline)), 1);
        ASSERT_EQ(operation.start(pair.server.get()), 0);
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        ASSERT_TRUE(::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, deadline));
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    EXPECT_EQ(seen.operations("WSARecv")[0].end["args"]["by"], "GetQueuedCompletionStatus");
    EXPECT_EQ(seen.bytes("WSARecv"), 5u);
}

TEST(operations_of_a_recording, InFlightAtTheEndIsCancelled) {
    const socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    receive operation;
    operation.hEvent = event.get();
    const parsed_trace seen =
        record([&] { ASSERT_EQ(operation.start(pair.server.get()), SOCKET_ERROR); });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const nlohmann::json end = seen.operations("WSARecv")[0].end;
    EXPECT_EQ(end["args"]["error"], ERROR_OPERATION_ABORTED);
    EXPECT_EQ(end["args"]["cancelled"], true);
    EXPECT_EQ(end["args"]["by"], "end of recording");
    EXPECT_FALSE(end["args"].contains("bytes"));

    // It is still in flight, although it ends in the recording.
    send_text(pair.client.get(), "hello");
    EXPECT_EQ(collect(pair.server.get(), operation), 5u);
}

TEST(operations_of_a_recording, OneOverlappedUsedAgainAndAgainIsAnOperationEachTime) {
    constexpr int count = 200;
    const socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    receive operation;
    const parsed_trace seen = record([&] {
        for (int i = 0; i < count; ++i) {
            static_cast<OVERLAPPED&>(operation) = {};
            operation.hEvent = event.get();
            static_cast<void>(operation.start(pair.server.get()));
            send_text(pair.client.get(), std::string(1 + static_cast<std::size_t>(i), 'x'));
            ASSERT_EQ(collect(pair.server.get(), operation), static_cast<DWORD>(1 + i));
        }
    });
    const auto operations = seen.operations("WSARecv");
    ASSERT_EQ(operations.size(), std::size_t{count});
    for (int i = 0; i < count; ++i)
        EXPECT_EQ(operations[static_cast<std::size_t>(i)].end["args"]["bytes"], 1 + i);
}

// A program that waits for the event and never asks for the result.
TEST(operations_of_a_recording, ACompletionThatNobodyAsksForEndsWhenTheOverlappedIsUsedAgain) {
    const socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    receive operation;
    const parsed_trace seen = record([&] {
        for (int i = 0; i < 2; ++i) {
            static_cast<OVERLAPPED&>(operation) = {};
            operation.hEvent = event.get();
            ASSERT_EQ(operation.start(pair.server.get()), SOCKET_ERROR);
            send_text(pair.client.get(), "hello");
            ASSERT_EQ(::WaitForSingleObject(event.get(), deadline), WAIT_OBJECT_0);
        }
        collect(pair.server.get(), operation);
    });
    const auto operations = seen.operations("WSARecv");
    ASSERT_EQ(operations.size(), 2u);
    EXPECT_EQ(operations[0].end["args"]["by"], "unknown");
    EXPECT_FALSE(operations[0].end["args"].contains("bytes"));
    EXPECT_EQ(operations[1].end["args"]["bytes"], 5);
}

TEST(operations_of_a_recording, PostedPacketsAreNoOperations) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const parsed_trace seen = record([&] {
        auto* const no_overlapped = reinterpret_cast<OVERLAPPED*>(std::uintptr_t{1});
        for (OVERLAPPED* each : {static_cast<OVERLAPPED*>(nullptr), no_overlapped}) {
            ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 3, 4, each));
            ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 3, 4, each));
            DWORD bytes = 0;
            ULONG_PTR key = 0;
            OVERLAPPED* done = nullptr;
            ASSERT_TRUE(::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, deadline));
            ASSERT_EQ(done, each);
            OVERLAPPED_ENTRY entry{};
            ULONG count = 0;
            ASSERT_TRUE(
                ::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, deadline, FALSE));
            ASSERT_EQ(entry.lpOverlapped, each);
            ASSERT_EQ(entry.dwNumberOfBytesTransferred, 3u);
        }
    });
    EXPECT_EQ(seen.calls("PostQueuedCompletionStatus").size(), 4u);
    for (const nlohmann::json& each : seen.whole()["traceEvents"])
        EXPECT_NE(each["ph"], "b") << each;
}

} // namespace
