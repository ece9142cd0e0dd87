// A callback of Windows' thread pool is recorded as what brings a completion: the pool takes the
// packet itself, by no call of the program's.

#include "parsed_trace.hpp"

#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace {

using trace_tests::parsed_trace;
using trace_tests::record;

struct received {
    win32::unique_handle happened{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::atomic<ULONG_PTR> bytes{0};
};

void CALLBACK on_received(PTP_CALLBACK_INSTANCE, void* context, void*, ULONG, ULONG_PTR bytes,
                          PTP_IO) {
    auto& result = *static_cast<received*>(context);
    result.bytes = bytes;
    ::SetEvent(result.happened.get());
}

TEST(recording, PoolCallbackBringsTheCompletion) {
    const harness::socket_pair pair = harness::make_socket_pair();
    received result;
    const parsed_trace seen = record([&] {
        const PTP_IO io = ::CreateThreadpoolIo(reinterpret_cast<HANDLE>(pair.server.get()),
                                               on_received, &result, nullptr);
        ASSERT_NE(io, nullptr);
        char byte = 0;
        WSABUF buffer{1, &byte};
        DWORD flags = 0;
        OVERLAPPED overlapped{};
        ::StartThreadpoolIo(io);
        ASSERT_EQ(::WSARecv(pair.server.get(), &buffer, 1, nullptr, &flags, &overlapped, nullptr),
                  SOCKET_ERROR);
        ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
        ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
        ASSERT_EQ(::WaitForSingleObject(result.happened.get(), harness::deadline), WAIT_OBJECT_0);
        ::WaitForThreadpoolIoCallbacks(io, FALSE);
        ::CloseThreadpoolIo(io);
    });
    EXPECT_EQ(result.bytes, 1u);
    EXPECT_TRUE(seen.routines().empty()) << "a completion routine is something else";
    ASSERT_EQ(seen.calls("pool callback").size(), 1u);
    EXPECT_EQ(seen.calls("pool callback")[0]["of"], "CreateThreadpoolIo");
    ASSERT_EQ(seen.operations("WSARecv").size(), 1u);
    const auto [begin, end] = seen.operations("WSARecv")[0];
    EXPECT_EQ(seen.calls("pool callback")[0]["operation"], begin["id"]);
    EXPECT_EQ(end["args"]["by"], "pool callback");
    EXPECT_EQ(end["args"]["bytes"], 1);
    EXPECT_NE(end["tid"], begin["tid"]) << "it runs on a thread of the pool";
}

} // namespace
