#include "echo_server.hpp"

#include "testing/exercise/echo_ladder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace {

struct yours {
    using server = nonblocking::echo_server;
    static constexpr const char* name = "yours";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        nonblocking::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

const bool lesson_is_known = exercise::know_echo_lesson(
    "02_nonblocking/README.md", {.bytes = "One step of one client",
                                 .others = "The loop",
                                 .stopping = "How to stop a thread that waits for sockets",
                                 .leftovers = "The loop",
                                 .address = "New clients"});

} // namespace

namespace harness {

using models = ::testing::Types<yours>;
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, models, model_names);

} // namespace harness
