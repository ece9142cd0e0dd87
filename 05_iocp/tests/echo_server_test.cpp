#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/refused_sessions.hpp"

#include <algorithm>
#include <thread>

namespace {

template <unsigned Threads>
struct workers {
    using server = iocp::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_worker" : "default_workers";
    static constexpr unsigned accepts = 4;

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        iocp::echo_options options;
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
INSTANTIATE_TYPED_TEST_SUITE_P(iocp, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

void expect_threads(iocp::echo_server& server, std::size_t before, std::size_t expected) {
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

TEST(iocp_echo_server, HasTwoWorkersForEachProcessorHoweverManyClients) {
    const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t before = harness::measure_process().threads;
    iocp::echo_server server;
    expect_threads(server, before, 2 * processors);
}

TEST(iocp_echo_server, HasAsManyWorkersAsTold) {
    for (const unsigned threads : {1u, 3u}) {
        iocp::echo_options options;
        options.threads = threads;
        const std::size_t before = harness::measure_process().threads;
        iocp::echo_server server{options};
        expect_threads(server, before, threads);
    }
}

class iocp_echo_server_without_memory : public harness::allocation_failures {};

TEST_F(iocp_echo_server_without_memory, ClientsThatGetNoSessionGoAndTheOthersStay) {
    iocp::echo_server server;
    harness::expect_clients_without_session_to_go(server.port());
}

} // namespace
