#include "echo_server.hpp"

#include "testing/contracts/overlapped_contract.hpp"
#include "testing/exercise/echo_ladder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace {

template <unsigned Threads>
struct yours {
    using server = iocp::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_thread" : "several_threads";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        iocp::echo_options options;
        options.address = address;
        options.port = port;
        options.threads = Threads;
        return std::make_unique<server>(options);
    }
};

const bool lesson_is_known =
    exercise::know_echo_lesson("05_iocp/README.md", {.bytes = "Handling it",
                                                     .others = "Accepting",
                                                     .stopping = "Stopping",
                                                     .leftovers = "Starting an operation",
                                                     .address = "Making the port and the pool"});

} // namespace

namespace harness {

// With one thread no handler may ever wait; with several, any packet may be handled beside any
// other.
using one_thread = ::testing::Types<yours<1>>;
using several_threads = ::testing::Types<yours<0>>;
using both = ::testing::Types<yours<1>, yours<0>>;
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, one_thread, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, several_threads, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, several_threads, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, overlapped_contract, both, model_names);

} // namespace harness
