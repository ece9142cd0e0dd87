#include "asio_echo_server.hpp"

#include "testing/echo_contract.hpp"

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

// A pause after each of them would hold up whoever comes next. For its first pause Asio starts a
// thread.
TEST(asio_echo_server, ClientsThatHaveGoneCostNoPause) {
    peers::echo_options options;
    options.threads = 1;
    const peers::asio_echo_server server{options};
    const std::size_t before = harness::measure_process().threads;
    for (int i = 0; i < 50; ++i) {
        harness::client gone{server.port()};
        gone.reset();
    }
    harness::client client{server.port()};
    EXPECT_EQ(client.exchange("hello"), "hello");
    EXPECT_EQ(harness::measure_process().threads, before);
}

} // namespace
