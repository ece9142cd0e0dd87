#include "echo_server.hpp"

#include "testing/contracts/overlapped_contract.hpp"
#include "testing/exercise/echo_ladder.hpp"
#include "testing/machine/process_usage.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

struct yours {
    using server = overlapped_event::echo_server;
    static constexpr const char* name = "yours";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        overlapped_event::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

const bool lesson_is_known = exercise::know_echo_lesson(
    "03_overlapped_event/README.md", {.bytes = "Collect, and start the next one",
                                      .others = "Wait for all",
                                      .stopping = "Stop: cancel, collect, free, close",
                                      .leftovers = "Closing with a send pending",
                                      .address = "Accepting is an operation too"});

} // namespace

namespace harness {

using models = ::testing::Types<yours>;
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

const exercise::rule groups{
    "a thread can wait for 64 handles, and one of them wakes it: so it serves up to 63 clients",
    "03_overlapped_event/README.md", "The wall of 64, and groups"};

TEST(model, ManyClientsTakeAThreadForEach63) {
    exercise::about(groups);
    exercise::expect("130 clients take two threads more than the first one, at most",
                     std::chrono::seconds{60});
    const std::unique_ptr<yours::server> server = yours::start();
    std::vector<client> clients;
    std::size_t with_one = 0;
    while (clients.size() < 130) {
        client& next = clients.emplace_back(server->port());
        static_cast<void>(next.exchange("hello"));
        if (with_one == 0)
            with_one = harness::measure_process().threads;
    }
    const std::size_t with_all = harness::measure_process().threads;
    exercise::require(with_all <= with_one + 2,
                      std::to_string(with_all - with_one) + " threads more than with one client");
}

} // namespace
