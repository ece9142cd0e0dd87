#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"

namespace {

template <unsigned Threads>
struct pool_of {
    using server = thread_pool::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_thread" : "as_windows_likes";

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
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(thread_pool, overlapped_contract, models, model_names);

} // namespace harness
