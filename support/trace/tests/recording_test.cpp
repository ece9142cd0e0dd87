// The bytes that are recorded for each way to move them: they add up to those that the other side
// sent.

#include "parsed_trace.hpp"

#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <string>
#include <thread>

namespace {

using harness::deadline;
using harness::socket_pair;
using trace_tests::parsed_trace;
using trace_tests::record;

const std::string message(1234, 'm');

void send_all(SOCKET socket, const std::string& bytes) {
    ASSERT_EQ(::send(socket, bytes.data(), static_cast<int>(bytes.size()), 0),
              static_cast<int>(bytes.size()));
}

win32::unique_handle make_event() {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
}

TEST(recording, BlockingReceivesBringWhatWasSent) {
    const socket_pair pair = harness::make_socket_pair();
    const parsed_trace seen = record([&] {
        std::size_t received = 0;
        std::thread reader{[&] {
            std::array<char, 100> buffer;
            while (received < 2 * message.size()) {
                const int count =
                    ::recv(pair.server.get(), buffer.data(), static_cast<int>(buffer.size()), 0);
                ASSERT_GT(count, 0);
                received += static_cast<std::size_t>(count);
            }
        }};
        send_all(pair.client.get(), message);
        send_all(pair.client.get(), message);
        reader.join();
    });
    EXPECT_EQ(seen.bytes("send"), 2 * message.size());
    EXPECT_EQ(seen.bytes("recv"), 2 * message.size());
    EXPECT_EQ(seen.calls("send").size(), 2u);
    EXPECT_GE(seen.calls("recv").size(), 25u);
    EXPECT_GE(seen.thread_names().size(), 2u);
    EXPECT_EQ(seen.thread_names()[0], "main");
}

TEST(recording, NonBlockingReceivesBringWhatWasSent) {
    const socket_pair pair = harness::make_socket_pair();
    const parsed_trace seen = record([&] {
        u_long yes = 1;
        ASSERT_EQ(::ioctlsocket(pair.server.get(), static_cast<long>(FIONBIO), &yes), 0);
        std::array<char, 4096> buffer;
        ASSERT_EQ(::recv(pair.server.get(), buffer.data(), 1, 0), SOCKET_ERROR);
        send_all(pair.client.get(), message);
        std::size_t received = 0;
        while (received < message.size()) {
            WSAPOLLFD poll{pair.server.get(), POLLRDNORM, 0};
            ASSERT_EQ(::WSAPoll(&poll, 1, static_cast<INT>(deadline)), 1);
            const int count =
                ::recv(pair.server.get(), buffer.data(), static_cast<int>(buffer.size()), 0);
            ASSERT_GT(count, 0);
            received += static_cast<std::size_t>(count);
        }
    });
    EXPECT_EQ(seen.bytes("recv"), message.size());
    EXPECT_EQ(seen.calls("recv")[0]["result"], "failed");
    EXPECT_EQ(seen.calls("recv")[0]["error"], WSAEWOULDBLOCK);
    EXPECT_FALSE(seen.calls("recv")[0].contains("bytes"));
    EXPECT_EQ(seen.calls("WSAPoll")[0]["result"], "ok");
    EXPECT_EQ(seen.calls("ioctlsocket").size(), 1u);
}

TEST(recording, OverlappedReceiveWithAnEventIsAnOperation) {
    const socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle event = make_event();
    const parsed_trace seen = record([&] {
        std::array<char, 4096> buffer;
        WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
        OVERLAPPED overlapped{};
        overlapped.hEvent = event.get();
        DWORD flags = 0;
        ASSERT_EQ(::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &overlapped, nullptr),
                  SOCKET_ERROR);
        ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
        DWORD bytes = 0;
        ASSERT_FALSE(
            ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, FALSE, &flags));
        ASSERT_EQ(::WSAGetLastError(), WSA_IO_INCOMPLETE);
        send_all(pair.client.get(), message);
        const WSAEVENT events[] = {event.get()};
        ASSERT_EQ(::WSAWaitForMultipleEvents(1, events, FALSE, deadline, FALSE), WSA_WAIT_EVENT_0);
        for (int twice = 0; twice < 2; ++twice)
            ASSERT_TRUE(
                ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, TRUE, &flags));
        ASSERT_EQ(bytes, message.size());
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const auto [begin, end] = seen.operations("WSARecv")[0];
    EXPECT_EQ(end["args"]["bytes"], message.size());
    EXPECT_EQ(end["args"]["error"], 0);
    EXPECT_EQ(end["args"]["by"], "WSAGetOverlappedResult");
    EXPECT_EQ(seen.bytes("WSARecv"), message.size());
    const nlohmann::json call = seen.calls("WSARecv")[0];
    EXPECT_EQ(call["result"], "pending");
    EXPECT_EQ(call["operation"], begin["id"]);
    EXPECT_EQ(call["handle"], begin["args"]["handle"]);
    const auto results = seen.calls("WSAGetOverlappedResult");
    ASSERT_EQ(results.size(), 3u);
    EXPECT_EQ(results[0]["error"], WSA_IO_INCOMPLETE);
    EXPECT_EQ(results[1]["collected"], nlohmann::json::array({begin["id"]}));
    EXPECT_FALSE(results[2].contains("collected")) << "the second look collects nothing";
}

TEST(recording, SleepOnAnAddressAndWhatEndsItNameTheAddress) {
    std::atomic<long> value{0};
    const parsed_trace seen = record([&] {
        std::thread sleeper{[&] {
            for (long expected = 0; value == expected;)
                ::WaitOnAddress(&value, &expected, sizeof value, INFINITE);
        }};
        value = 1;
        ::WakeByAddressSingle(&value);
        sleeper.join();
        long expected = 1;
        ASSERT_FALSE(::WaitOnAddress(&value, &expected, sizeof value, 1));
    });
    ASSERT_EQ(seen.calls("WakeByAddressSingle").size(), 1u);
    const nlohmann::json address = seen.calls("WakeByAddressSingle")[0]["handle"];
    const auto waits = seen.calls("WaitOnAddress");
    ASSERT_GE(waits.size(), 1u);
    for (const nlohmann::json& each : waits)
        EXPECT_EQ(each["handle"], address);
    EXPECT_EQ(waits.back()["result"], "timeout");
}

struct routine_result : OVERLAPPED {
    routine_result() : OVERLAPPED{} {}
    int calls = 0;
    DWORD error = 0;
    DWORD bytes = 0;
};

void note(DWORD error, DWORD bytes, OVERLAPPED* overlapped) {
    auto& result = *static_cast<routine_result*>(overlapped);
    ++result.calls;
    result.error = error;
    result.bytes = bytes;
}

void CALLBACK on_received(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) {
    note(error, bytes, overlapped);
}

void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED* overlapped) {
    note(error, bytes, overlapped);
}

TEST(recording, CompletionRoutineRunsAndIsASpanWithinItsWait) {
    const socket_pair pair = harness::make_socket_pair();
    char tag = 0;
    const parsed_trace seen = record([&] {
        std::array<char, 4096> buffer;
        WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
        routine_result result;
        result.hEvent = &tag; // belongs to the program
        DWORD flags = 0;
        ASSERT_EQ(::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &result, on_received),
                  SOCKET_ERROR);
        ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
        send_all(pair.client.get(), message);
        ASSERT_EQ(::SleepEx(deadline, TRUE), static_cast<DWORD>(WAIT_IO_COMPLETION));
        ASSERT_EQ(result.calls, 1);
        ASSERT_EQ(result.error, 0u);
        ASSERT_EQ(result.bytes, message.size());
        ASSERT_EQ(result.hEvent, &tag);
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const auto [begin, end] = seen.operations("WSARecv")[0];
    EXPECT_EQ(end["args"]["bytes"], message.size());
    EXPECT_EQ(end["args"]["by"], "completion routine");
    ASSERT_EQ(seen.routines().size(), 1u);
    EXPECT_EQ(seen.routines()[0]["of"], "WSARecv");
    EXPECT_EQ(seen.routines()[0]["operation"], begin["id"]);
    EXPECT_EQ(seen.calls("SleepEx")[0]["result"], "ok");
    EXPECT_EQ(seen.calls("SleepEx")[0]["alertable"], true);
}

TEST(recording, ManyRoutinesInFlightEachFindTheirOwn) {
    constexpr std::size_t count = 300;
    std::vector<harness::pipe_pair> pipes;
    for (std::size_t i = 0; i < count; ++i)
        pipes.push_back(harness::make_pipe_pair(FILE_FLAG_OVERLAPPED));
    std::vector<routine_result> results(count);
    std::vector<std::array<char, 512>> buffers(count);
    const parsed_trace seen = record([&] {
        for (std::size_t i = 0; i < count; ++i)
            ASSERT_TRUE(
                ::ReadFileEx(pipes[i].reader.get(), buffers[i].data(), 512, &results[i], on_read));
        // The order differs from that in which they were started.
        for (std::size_t i = 0; i < count; ++i) {
            DWORD written = 0;
            ASSERT_TRUE(::WriteFile(pipes[i * 7 % count].writer.get(), message.data(),
                                    static_cast<DWORD>(1 + i * 7 % count), &written, nullptr));
        }
        for (const routine_result& each : results)
            while (each.calls == 0)
                ASSERT_EQ(::SleepEx(deadline, TRUE), static_cast<DWORD>(WAIT_IO_COMPLETION));
    });
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(results[i].calls, 1);
        EXPECT_EQ(results[i].bytes, 1 + i);
    }
    EXPECT_EQ(seen.operations("ReadFileEx").size(), count);
    EXPECT_EQ(seen.routines().size(), count);
    EXPECT_EQ(seen.bytes("ReadFileEx"), count * (count + 1) / 2);
}

TEST(recording, PacketOfAPortIsCollectedByWhoeverTakesIt) {
    const socket_pair pair = harness::make_socket_pair();
    const parsed_trace seen = record([&] {
        const win32::unique_handle port{
            ::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
        ASSERT_TRUE(::CreateIoCompletionPort(reinterpret_cast<HANDLE>(pair.server.get()),
                                             port.get(), 7, 0));
        std::array<char, 4096> buffer;
        WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
        OVERLAPPED overlapped{};
        DWORD flags = 0;
        static_cast<void>(
            ::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &overlapped, nullptr));
        std::thread worker{[&] {
            DWORD bytes = 0;
            ULONG_PTR key = 0;
            OVERLAPPED* done = nullptr;
            EXPECT_TRUE(::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, deadline));
            EXPECT_EQ(done, &overlapped);
            EXPECT_EQ(bytes, message.size());
        }};
        send_all(pair.client.get(), message);
        worker.join();
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        ASSERT_FALSE(::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, 0));
    });
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const auto [begin, end] = seen.operations("WSARecv")[0];
    EXPECT_NE(begin["tid"], end["tid"]);
    EXPECT_EQ(end["args"]["by"], "GetQueuedCompletionStatus");
    EXPECT_EQ(seen.bytes("WSARecv"), message.size());
    EXPECT_EQ(seen.calls("GetQueuedCompletionStatus")[0]["collected"],
              nlohmann::json::array({begin["id"]}));
    EXPECT_EQ(seen.calls("GetQueuedCompletionStatus")[1]["result"], "timeout");
}

TEST(recording, SeveralPacketsAreCollectedByOneCall) {
    const socket_pair pair = harness::make_socket_pair();
    const parsed_trace seen = record([&] {
        const win32::unique_handle port{
            ::CreateIoCompletionPort(reinterpret_cast<HANDLE>(pair.server.get()), nullptr, 0, 0)};
        std::array<OVERLAPPED, 3> operations{};
        std::array<std::array<char, 10>, 3> buffers{};
        for (std::size_t i = 0; i < 3; ++i) {
            WSABUF part{10, buffers[i].data()};
            DWORD flags = 0;
            static_cast<void>(
                ::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &operations[i], nullptr));
        }
        send_all(pair.client.get(), std::string(20, 'x'));
        OVERLAPPED_ENTRY entries[8];
        std::size_t packets = 0;
        while (packets < 2) {
            ULONG count = 0;
            ASSERT_TRUE(
                ::GetQueuedCompletionStatusEx(port.get(), entries, 8, &count, deadline, FALSE));
            packets += count;
        }
        ASSERT_TRUE(::CancelIoEx(reinterpret_cast<HANDLE>(pair.server.get()), nullptr));
        ULONG count = 0;
        ASSERT_TRUE(::GetQueuedCompletionStatusEx(port.get(), entries, 8, &count, deadline, FALSE));
        ASSERT_EQ(count, 1u);
    });
    const auto operations = seen.operations("WSARecv");
    ASSERT_EQ(operations.size(), 3u);
    EXPECT_EQ(seen.bytes("WSARecv"), 20u);
    EXPECT_EQ(operations[2].end["args"]["error"], ERROR_OPERATION_ABORTED);
    EXPECT_EQ(operations[2].end["args"]["by"], "GetQueuedCompletionStatusEx");
    EXPECT_FALSE(operations[2].end["args"].contains("cancelled")) << "the program cancelled it";
}

template <class Function>
Function extension(SOCKET socket, GUID id) {
    Function function = nullptr;
    DWORD bytes = 0;
    EXPECT_EQ(::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                         sizeof function, &bytes, nullptr, nullptr),
              0);
    EXPECT_EQ(bytes, sizeof function);
    return function;
}

TEST(recording, ExtensionFunctionsThatWSAIoctlFetchesAreRecorded) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    LPFN_ACCEPTEX accept_ex = nullptr;
    const parsed_trace seen = record([&] {
        accept_ex = extension<LPFN_ACCEPTEX>(listener.get(), WSAID_ACCEPTEX);
        const auto connect_ex = extension<LPFN_CONNECTEX>(listener.get(), WSAID_CONNECTEX);
        const auto disconnect_ex = extension<LPFN_DISCONNECTEX>(listener.get(), WSAID_DISCONNECTEX);

        const win32::unique_socket server = win32::make_tcp_socket();
        const win32::unique_socket client = win32::make_tcp_socket();
        const win32::unique_handle accepted = make_event();
        const win32::unique_handle connected = make_event();
        std::array<char, 2048> buffer{};
        OVERLAPPED accept{};
        accept.hEvent = accepted.get();
        DWORD bytes = 0;
        constexpr DWORD address = sizeof(sockaddr_in) + 16;
        ASSERT_FALSE(accept_ex(listener.get(), server.get(), buffer.data(),
                               static_cast<DWORD>(buffer.size()) - 2 * address, address, address,
                               &bytes, &accept));
        ASSERT_EQ(::WSAGetLastError(), ERROR_IO_PENDING);

        sockaddr_in any = win32::make_address("127.0.0.1", 0).Ipv4;
        ASSERT_EQ(::bind(client.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
        OVERLAPPED connect{};
        connect.hEvent = connected.get();
        if (!connect_ex(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where,
                        nullptr, 0, nullptr, &connect)) {
            ASSERT_EQ(::WSAGetLastError(), ERROR_IO_PENDING);
        }
        DWORD flags = 0;
        ASSERT_TRUE(::WSAGetOverlappedResult(client.get(), &connect, &bytes, TRUE, &flags));
        ASSERT_EQ(::setsockopt(client.get(), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0), 0);
        send_all(client.get(), message);
        ASSERT_TRUE(::WSAGetOverlappedResult(listener.get(), &accept, &bytes, TRUE, &flags));
        ASSERT_EQ(bytes, message.size());
        ASSERT_TRUE(disconnect_ex(client.get(), nullptr, 0, 0));
    });
    EXPECT_EQ(seen.bytes("AcceptEx"), message.size());
    ASSERT_EQ(seen.operations("AcceptEx").size(), 1u);
    ASSERT_EQ(seen.operations("ConnectEx").size(), 1u);
    EXPECT_EQ(seen.operations("ConnectEx")[0].end["args"]["error"], 0);
    EXPECT_EQ(seen.calls("DisconnectEx").size(), 1u);
    EXPECT_EQ(seen.calls("DisconnectEx")[0]["result"], "ok");

    // The program may keep the pointer, which goes on to work when nothing is recorded.
    const auto plain = extension<LPFN_ACCEPTEX>(listener.get(), WSAID_ACCEPTEX);
    EXPECT_NE(plain, accept_ex);
    for (const LPFN_ACCEPTEX function : {plain, accept_ex}) {
        constexpr DWORD address = sizeof(sockaddr_in) + 16;
        std::array<char, 2 * address> buffer{};
        OVERLAPPED overlapped{};
        DWORD bytes = 0;
        ::WSASetLastError(0);
        // The call has no other fault: no document says which of two would be reported.
        EXPECT_FALSE(function(listener.get(), INVALID_SOCKET, buffer.data(), 0, address, address,
                              &bytes, &overlapped));
        EXPECT_EQ(::WSAGetLastError(), WSAENOTSOCK);
    }
}

TEST(recording, FilesReadAndWrittenInEveryWayAddUp) {
    const harness::temporary_folder folder;
    const std::filesystem::path name = folder.make_file(L"source", message);
    const parsed_trace seen = record([&] {
        const auto open = [&](const wchar_t* file, DWORD access, DWORD how, DWORD flags) {
            return win32::unique_file{::CreateFileW((folder.path() / file).c_str(), access,
                                                    FILE_SHARE_READ, nullptr, how, flags, nullptr)};
        };
        std::array<char, 4096> buffer;
        const auto room = static_cast<DWORD>(buffer.size());
        DWORD bytes = 0;
        {
            const win32::unique_file in = open(L"source", GENERIC_READ, OPEN_EXISTING, 0);
            const win32::unique_file out = open(L"copy", GENERIC_WRITE, CREATE_NEW, 0);
            ASSERT_TRUE(::ReadFile(in.get(), buffer.data(), room, &bytes, nullptr));
            ASSERT_TRUE(::WriteFile(out.get(), buffer.data(), bytes, &bytes, nullptr));
            ASSERT_TRUE(::ReadFile(in.get(), buffer.data(), room, &bytes, nullptr));
            ASSERT_EQ(bytes, 0u); // the end
        }
        const win32::unique_file in =
            open(L"source", GENERIC_READ, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
        const win32::unique_file out =
            open(L"second", GENERIC_WRITE, CREATE_NEW, FILE_FLAG_OVERLAPPED);
        OVERLAPPED overlapped{};
        if (!::ReadFile(in.get(), buffer.data(), room, nullptr, &overlapped)) {
            ASSERT_EQ(::GetLastError(), static_cast<DWORD>(ERROR_IO_PENDING));
        }
        ASSERT_TRUE(::GetOverlappedResultEx(in.get(), &overlapped, &bytes, deadline, FALSE));
        overlapped = {};
        if (!::WriteFile(out.get(), buffer.data(), bytes, nullptr, &overlapped)) {
            ASSERT_EQ(::GetLastError(), static_cast<DWORD>(ERROR_IO_PENDING));
        }
        ASSERT_TRUE(::GetOverlappedResult(out.get(), &overlapped, &bytes, TRUE));
        ASSERT_EQ(bytes, message.size());

        routine_result result;
        ASSERT_TRUE(::ReadFileEx(in.get(), buffer.data(), room, &result, on_read));
        while (result.calls == 0)
            ::SleepEx(INFINITE, TRUE);
        result.calls = 0;
        static_cast<OVERLAPPED&>(result) = {};
        ASSERT_TRUE(::WriteFileEx(out.get(), buffer.data(), result.bytes, &result, on_read));
        while (result.calls == 0)
            ::SleepEx(INFINITE, TRUE);
    });
    EXPECT_EQ(seen.bytes("ReadFile"), 2 * message.size());
    EXPECT_EQ(seen.bytes("WriteFile"), 2 * message.size());
    EXPECT_EQ(seen.bytes("ReadFileEx"), message.size());
    EXPECT_EQ(seen.bytes("WriteFileEx"), message.size());
    EXPECT_EQ(seen.operations("ReadFile").size(), 1u);
    EXPECT_EQ(seen.operations("ReadFile")[0].end["args"]["by"], "GetOverlappedResultEx");
    EXPECT_EQ(seen.operations("WriteFile")[0].end["args"]["by"], "GetOverlappedResult");
    EXPECT_EQ(seen.routines().size(), 2u);
}

} // namespace
