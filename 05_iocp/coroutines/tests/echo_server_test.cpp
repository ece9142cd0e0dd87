#include "coroutine_fixture.hpp"
#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/refused_sessions.hpp"
#include "testing/machine/live_memory.hpp"

#include <algorithm>
#include <thread>

namespace {

template <unsigned Threads>
struct workers {
    using server = coroutines::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_worker" : "default_workers";
    static constexpr unsigned accepts = 4;

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        coroutines::echo_options options;
        options.address = address;
        options.port = port;
        options.threads = Threads;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

// With one worker nothing may ever wait; with several, any completion may run beside any other.
using models = ::testing::Types<workers<0>, workers<1>>;
INSTANTIATE_TYPED_TEST_SUITE_P(coroutines, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(coroutines, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(coroutines, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(coroutines, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

void expect_threads(coroutines::echo_server& server, std::size_t before, std::size_t expected) {
    std::vector<client> clients;
    for (const std::size_t count :
         {std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{200}}) {
        while (clients.size() < count) {
            clients.emplace_back(server.port());
            ASSERT_EQ(clients.back().exchange("hello"), "hello");
        }
        EXPECT_EQ(harness::measure_process().threads, before + expected) << count << " clients";
    }
}

TEST(coroutine_echo_server, HasTwoWorkersForEachProcessorHoweverManyClients) {
    const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t before = harness::measure_process().threads;
    coroutines::echo_server server;
    expect_threads(server, before, 2 * processors);
}

TEST(coroutine_echo_server, HasAsManyWorkersAsTold) {
    for (const unsigned threads : {1u, 3u}) {
        coroutines::echo_options options;
        options.threads = threads;
        const std::size_t before = harness::measure_process().threads;
        coroutines::echo_server server{options};
        expect_threads(server, before, threads);
    }
}

// The frame is the session: the socket, the buffer, the operation in flight, and the frame of the
// coroutine that counts it. Chapter 5's session has the same buffer.
TEST(coroutine_echo_server, IdleClientCostsItsFramesAndNoMore) {
    coroutines::echo_server server;
    client first{server.port()};
    ASSERT_EQ(first.exchange("hello"), "hello");
    constexpr std::size_t count = 100;
    std::vector<client> clients;
    clients.reserve(count);
    const std::size_t before = harness::live_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        clients.emplace_back(server.port());
        ASSERT_EQ(clients.back().exchange("hello"), "hello");
    }
    const std::size_t each = (harness::live_bytes() - before) / count;
    RecordProperty("bytes_each", static_cast<int>(each));
    EXPECT_LT(each, std::size_t{17 * 1024});
}

// A connection that the server ended would hold the port, on the server's side, for minutes.
TEST(coroutine_echo_server, StopResetsEveryConnection) {
    coroutines::echo_server server;
    std::vector<client> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(server.port());
        ASSERT_EQ(clients.back().exchange("hello"), "hello");
    }
    server.stop();
    for (const client& each : clients)
        EXPECT_TRUE(coroutines::was_reset(each.native()));
}

class coroutine_echo_server_without_memory : public harness::allocation_failures {};

TEST_F(coroutine_echo_server_without_memory, ClientsThatGetNoSessionGoAndTheOthersStay) {
    coroutines::echo_server server;
    harness::expect_clients_without_session_to_go(server.port());
}

} // namespace
