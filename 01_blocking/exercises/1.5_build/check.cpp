#include "echo_server.hpp"

#include "testing/exercise/echo_ladder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace {

struct yours {
    using server = blocking::echo_server;
    static constexpr const char* name = "yours";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        blocking::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

const bool lesson_is_known = exercise::know_echo_lesson(
    "01_blocking/README.md", {.bytes = "Echoing",
                              .others = "A thread for each client",
                              .stopping = "Stopping: how to wake a thread that hears nothing",
                              .leftovers = "Leaving",
                              .address = "A socket that listens"});

} // namespace

namespace harness {

using models = ::testing::Types<yours>;
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, models, model_names);

} // namespace harness
