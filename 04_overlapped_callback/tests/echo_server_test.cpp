#include "echo_server.hpp"

#include "testing/echo_contract.hpp"
#include "testing/overlapped_contract.hpp"

namespace {

struct callbacks {
    using server = overlapped_callback::echo_server;
    static constexpr const char* name = "callbacks";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        overlapped_callback::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models = ::testing::Types<callbacks>;
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

TEST(overlapped_callback_echo_server, ServesAnyNumberOfClientsOnOneThread) {
    const std::size_t before = harness::measure_process().threads;
    overlapped_callback::echo_server server;
    std::vector<client> clients;
    for (const std::size_t count :
         {std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{200}}) {
        while (clients.size() < count) {
            clients.emplace_back(server.port());
            ASSERT_EQ(clients.back().exchange("hello"), "hello");
        }
        EXPECT_EQ(harness::measure_process().threads, before + 1) << count << " clients";
    }
}

} // namespace
