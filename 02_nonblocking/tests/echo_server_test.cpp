#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/failing_allocation.hpp"

#include <limits>

namespace {

using nonblocking::wait_mode;

template <wait_mode Wait>
struct model {
    using server = nonblocking::echo_server;
    static constexpr const char* name = Wait == wait_mode::poll     ? "poll"
                                        : Wait == wait_mode::select ? "select"
                                                                    : "spin";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        nonblocking::echo_options options;
        options.address = address;
        options.port = port;
        options.wait = Wait;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models =
    ::testing::Types<model<wait_mode::poll>, model<wait_mode::select>, model<wait_mode::spin>>;
INSTANTIATE_TYPED_TEST_SUITE_P(nonblocking, echo_contract, models, model_names);

// Spinning is left out: it tries everything again and again, and makes no pause.
using pausing_models = ::testing::Types<model<wait_mode::poll>, model<wait_mode::select>>;
INSTANTIATE_TYPED_TEST_SUITE_P(nonblocking, shortage_contract, pausing_models, model_names);

// select is left out: it keeps the contract with a few clients, but has no room for a crowd.
using crowd_models = ::testing::Types<model<wait_mode::poll>, model<wait_mode::spin>>;
INSTANTIATE_TYPED_TEST_SUITE_P(nonblocking, echo_crowd_contract, crowd_models, model_names);

} // namespace harness

namespace {

using harness::client;

// The listener and the socket that wakes the server take two places of the 64.
constexpr std::size_t room_in_select = FD_SETSIZE - 2;

TEST(nonblocking_echo_server, ServesEverybodyOnOneThread) {
    for (const auto& start : {model<wait_mode::poll>::start, model<wait_mode::select>::start,
                              model<wait_mode::spin>::start}) {
        const std::size_t before = harness::measure_process().threads;
        const std::unique_ptr<nonblocking::echo_server> server = start("127.0.0.1", 0);
        std::vector<client> clients = harness::connect_clients(server->port(), 50);
        for (client& each : clients)
            EXPECT_EQ(each.exchange("hello"), "hello");
        EXPECT_EQ(harness::measure_process().threads, before + 1);
    }
}

TEST(nonblocking_echo_server, SelectServes62ClientsAndTheNextOneWaitsForSomebodyToLeave) {
    const auto server = model<wait_mode::select>::start();
    std::vector<client> served = harness::connect_clients(server->port(), room_in_select);
    for (client& each : served)
        EXPECT_EQ(each.exchange("hello"), "hello");

    // The system connects two more, into the listener's backlog. There their words wait.
    client next{server->port()};
    client last{server->port()};
    next.send("next");
    last.send("last");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(served.back().exchange("still served"), "still served");
    EXPECT_FALSE(next.has_something_to_read());
    EXPECT_FALSE(last.has_something_to_read());

    served[10].half_close();
    EXPECT_EQ(served[10].receive_to_end(), "");
    EXPECT_EQ(next.receive_exactly(4), "next");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(served.back().exchange("still served"), "still served");
    EXPECT_FALSE(last.has_something_to_read());

    served[20].reset();
    EXPECT_EQ(last.receive_exactly(4), "last");
}

TEST(nonblocking_echo_server, SelectStopsWithClientsBeyondItsWall) {
    const auto server = model<wait_mode::select>::start();
    std::vector<client> clients = harness::connect_clients(server->port(), FD_SETSIZE + 10);
    EXPECT_EQ(clients[room_in_select - 1].exchange("hello"), "hello");
    const harness::watchdog limit{"stop()"};
    server->stop();
    for (client& each : clients)
        each.wait_until_closed();
}

TEST(nonblocking_echo_server, PollKnowsNoSuchWall) {
    const auto server = model<wait_mode::poll>::start();
    std::vector<client> clients = harness::connect_clients(server->port(), 2 * FD_SETSIZE);
    for (client& each : clients)
        EXPECT_EQ(each.exchange("hello"), "hello");
}

class nonblocking_echo_server_without_memory : public harness::allocation_failures {};

TEST_F(nonblocking_echo_server_without_memory, AFailedAllocationCostsOneNewClientAtMost) {
    for (const auto& start : {model<wait_mode::poll>::start, model<wait_mode::select>::start,
                              model<wait_mode::spin>::start}) {
        bool failed = true;
        unsigned nth = 1; // each allocation of the serving thread in turn
        for (; failed; ++nth) {
            const std::unique_ptr<nonblocking::echo_server> server = start("127.0.0.1", 0);
            client old{server->port()};
            ASSERT_EQ(old.exchange("hello"), "hello");
            int turned_away = 0;
            {
                const harness::failing_allocation failure{nth};
                for (int i = 0; i < 2; ++i) {
                    turned_away += harness::serves_a_new_client(server->port()) ? 0 : 1;
                    ASSERT_EQ(old.exchange("and me?"), "and me?") << "allocation " << nth;
                }
                failed = failure.has_happened();
            }
            EXPECT_LE(turned_away, failed ? 1 : 0) << "allocation " << nth;
            EXPECT_TRUE(harness::serves_a_new_client(server->port())) << "allocation " << nth;
            const harness::watchdog limit{"stop()"};
            server->stop();
        }
        EXPECT_GT(nth, 2u) << "no allocation failed";
    }
}

TEST_F(nonblocking_echo_server_without_memory, StopsWhenThereIsNoMemory) {
    for (const auto& start : {model<wait_mode::poll>::start, model<wait_mode::select>::start,
                              model<wait_mode::spin>::start}) {
        const std::unique_ptr<nonblocking::echo_server> server = start("127.0.0.1", 0);
        client old{server->port()};
        ASSERT_EQ(old.exchange("hello"), "hello");
        const harness::failing_allocation failure{1, std::numeric_limits<unsigned>::max()};
        EXPECT_FALSE(harness::serves_a_new_client(server->port()));
        EXPECT_EQ(old.exchange("and me?"), "and me?");
        const harness::watchdog limit{"stop()"};
        server->stop();
        old.wait_until_closed();
    }
}

} // namespace
