#include "peers/asio_echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/machine/watchdog.hpp"
#include "trace/hooks/import_table.hpp"

#include <mswsock.h>

#include <atomic>
#include <optional>
#include <span>
#include <utility>

namespace {

template <unsigned Threads>
struct workers {
    using server = peers::asio_echo_server;
    static constexpr const char* name = Threads == 1 ? "one_worker" : "default_workers";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        peers::echo_options options;
        options.address = address;
        options.port = port;
        options.threads = Threads;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

// A peer that keeps less than the contract would do less work than those it is held against.
using models = ::testing::Types<workers<0>, workers<1>>;
INSTANTIATE_TYPED_TEST_SUITE_P(asio, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(asio, echo_crowd_contract, models, model_names);

} // namespace harness

namespace {

TEST(asio_echo_server, HasAsManyThreadsAsTold) {
    for (const unsigned threads : {1u, 3u}) {
        peers::echo_options options;
        options.threads = threads;
        const std::size_t before = harness::measure_process().threads;
        const peers::asio_echo_server server{options};
        harness::client client{server.port()};
        EXPECT_EQ(client.exchange("hello"), "hello");
        EXPECT_EQ(harness::measure_process().threads, before + threads);
    }
}

// An orderly end would leave the port to the connection until the client has gone, and keep the
// next server from it.
TEST(asio_echo_server, StopResetsItsClientsAndFreesThePort) {
    const harness::held_port own;
    peers::echo_options options;
    options.port = own.number();
    std::optional<peers::asio_echo_server> server{std::in_place, options};
    harness::client client{options.port};
    ASSERT_EQ(client.exchange("hello"), "hello");
    const win32::unique_handle done{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD count = 0;
    DWORD flags = 0;
    OVERLAPPED receive{};
    receive.hEvent = done.get();
    // In flight before the reset, for only so does Wine tell of it.
    ASSERT_EQ(::WSARecv(client.native(), &buffer, 1, nullptr, &flags, &receive, nullptr),
              SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
    const harness::watchdog limit{"stop(), or the end of the connection"};
    server.reset();
    EXPECT_FALSE(::WSAGetOverlappedResult(client.native(), &receive, &count, TRUE, &flags));
    EXPECT_EQ(::WSAGetLastError(), WSAECONNRESET);

    server.emplace(options); // throws when the port is held: the client has its socket still
    harness::client other{options.port};
    EXPECT_EQ(other.exchange("hello again"), "hello again");
}

// In place of Windows' AcceptEx, which the program imports, one that fails so many times first.
std::atomic<int> refusals{0};
std::atomic<void*> accept_ex{nullptr};

BOOL WINAPI refusing_accept_ex(SOCKET listener, SOCKET client, PVOID buffer, DWORD size,
                               DWORD local_size, DWORD remote_size, LPDWORD bytes,
                               LPOVERLAPPED overlapped) {
    if (refusals.fetch_sub(1) > 0) {
        ::WSASetLastError(WSAENOBUFS);
        return FALSE;
    }
    return reinterpret_cast<LPFN_ACCEPTEX>(accept_ex.load())(
        listener, client, buffer, size, local_size, remote_size, bytes, overlapped);
}

class asio_accept : public ::testing::Test {
protected:
    // Serves one client when so many accepts have failed; returns how many threads that took.
    static std::size_t serve_after(int failures) {
        refusals = failures;
        peers::echo_options options;
        options.threads = 1;
        const std::size_t before = harness::measure_process().threads;
        const peers::asio_echo_server server{options};
        harness::client client{server.port()};
        EXPECT_EQ(client.exchange("hello"), "hello");
        EXPECT_LE(refusals, 0);
        return harness::measure_process().threads - before;
    }

private:
    const trace::hook hook_{"AcceptEx", L"mswsock.dll", reinterpret_cast<void*>(refusing_accept_ex),
                            &accept_ex};
    const std::span<const trace::hook> hooks_{&hook_, 1};
    const trace::import_patch patch_{{&hooks_, 1}};
    const win32::winsock winsock_;
};

// For its first pause Asio starts a thread.
TEST_F(asio_accept, ThatFailsIsTriedAgainWithoutAPause) {
    EXPECT_EQ(serve_after(50), 1u);
}

TEST_F(asio_accept, ThatFailsOnAndOnIsTriedAgainAfterAPause) {
    EXPECT_EQ(serve_after(250), 2u);
}

TEST_F(asio_accept, ThatAlwaysFailsHoldsUpNoStop) {
    refusals = 1'000'000;
    peers::asio_echo_server server;
    const harness::watchdog limit{"stop()"};
    server.stop();
    EXPECT_GT(refusals, 0);
}

} // namespace
