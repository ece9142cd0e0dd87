#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "trace/hooks/import_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>

namespace {

template <unsigned Threads>
struct pool_of {
    using server = thread_pool::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_thread" : "as_windows_likes";
    static constexpr unsigned accepts = 4;

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        thread_pool::echo_options options;
        options.address = address;
        options.port = port;
        options.threads = Threads;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

// With one thread no callback may ever wait for another; with more, any may run beside any other.
using models = ::testing::Types<pool_of<0>, pool_of<1>>;
// (The server makes no thread, so the part about threads finds none to refuse: failures_test.cpp
// has the calls of the pool.)
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, overlapped_contract, models, model_names);

} // namespace harness

namespace {

// Counts the announcements to the pool, and lets every second WSARecv fail at once.
std::atomic<unsigned> announced{0};
std::atomic<unsigned> taken_back{0};
std::atomic<unsigned> receives{0};
std::atomic<void*> original_start{nullptr};
std::atomic<void*> original_cancel{nullptr};
std::atomic<void*> original_receive{nullptr};

void WINAPI count_start(PTP_IO io) {
    ++announced;
    reinterpret_cast<decltype(&::StartThreadpoolIo)>(original_start.load())(io);
}

void WINAPI count_cancel(PTP_IO io) {
    ++taken_back;
    reinterpret_cast<decltype(&::CancelThreadpoolIo)>(original_cancel.load())(io);
}

int WSAAPI fail_every_second(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes,
                             DWORD* flags, WSAOVERLAPPED* overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    if (++receives % 2 == 0) {
        ::WSASetLastError(WSAECONNRESET);
        return SOCKET_ERROR;
    }
    return reinterpret_cast<decltype(&::WSARecv)>(original_receive.load())(
        socket, buffers, count, bytes, flags, overlapped, routine);
}

const std::array<trace::hook, 3> hooks{{
    {"StartThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(count_start), &original_start},
    {"CancelThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(count_cancel),
     &original_cancel},
    {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(fail_every_second), &original_receive},
}};
const std::span<const trace::hook> group{hooks};

// An announcement that is left over costs the I/O object and its pool, for good, and nothing else
// shows it.
TEST(thread_pool_echo_server, EachAnnouncementIsFollowedByACallbackOrTakenBack) {
    announced = taken_back = receives = 0;
    trace::recorder recorder; // sees the callbacks
    {
        const trace::import_patch patch{std::span{&group, 1}};
        thread_pool::echo_server server;
        for (int i = 0; i < 20; ++i) { // of two clients one is let go at once
            harness::client visitor{server.port()};
            visitor.half_close();
            visitor.wait_until_closed();
        }
        server.stop();
    }
    const trace::recording what = recorder.stop();
    const auto called_back = std::ranges::count_if(what.events, [](const trace::event* each) {
        return each->kind == trace::event_kind::collected;
    });
    EXPECT_EQ(taken_back, receives / 2);
    EXPECT_GE(taken_back, 10u);
    EXPECT_EQ(announced, taken_back + static_cast<unsigned>(called_back));
}

} // namespace
