#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"

#include <memory>
#include <string>

namespace {

template <unsigned Threads>
struct workers {
    using server = iocp_test::echo_server;
    static constexpr const char* name = Threads == 1 ? "one_worker" : "default_workers";
    static constexpr unsigned accepts = 16;
    static constexpr bool skips_packets = true;

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        iocp::server_options options = server::quick_to_stop();
        options.address = address;
        options.port = port;
        options.threads = Threads;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

// With one thread nothing may ever wait; with several, any completion may run beside any other.
using models = ::testing::Types<workers<0>, workers<1>>;
INSTANTIATE_TYPED_TEST_SUITE_P(iocp_server, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp_server, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp_server, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(iocp_server, overlapped_contract, models, model_names);

} // namespace harness
