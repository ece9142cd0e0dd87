#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/failing_allocation.hpp"

namespace {

struct groups {
    using server = overlapped_event::echo_server;
    static constexpr const char* name = "groups";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        overlapped_event::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models = ::testing::Types<groups>;
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_event, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_event, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_event, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_event, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

constexpr std::size_t capacity = overlapped_event::session_group::capacity;

// One thread accepts; the others have a group each.
std::size_t threads_for(std::size_t clients) {
    return 1 + (clients + capacity - 1) / capacity;
}

void connect_and_greet(std::vector<client>& clients, std::uint16_t port, std::size_t count) {
    while (clients.size() < count) {
        clients.emplace_back(port);
        ASSERT_EQ(clients.back().exchange("hello"), "hello");
    }
}

TEST(overlapped_event_echo_server, AThreadServes63Clients) {
    EXPECT_EQ(capacity, 63u); // of the 64 handles of a wait one is needed to wake the thread
    const std::size_t before = harness::measure_process().threads;
    overlapped_event::echo_server server;
    std::vector<client> clients;
    connect_and_greet(clients, server.port(), capacity);
    EXPECT_EQ(harness::measure_process().threads, before + 2);
}

TEST(overlapped_event_echo_server, The64thClientTakesOneMoreThread) {
    const std::size_t before = harness::measure_process().threads;
    overlapped_event::echo_server server;
    std::vector<client> clients;
    connect_and_greet(clients, server.port(), capacity + 1);
    EXPECT_EQ(harness::measure_process().threads, before + 3);
    EXPECT_EQ(clients.front().exchange("first"), "first");
    EXPECT_EQ(clients.back().exchange("last"), "last");
}

TEST(overlapped_event_echo_server, TwoHundredClientsTakeFiveThreads) {
    const std::size_t before = harness::measure_process().threads;
    overlapped_event::echo_server server;
    std::vector<client> clients;
    connect_and_greet(clients, server.port(), 200);
    EXPECT_EQ(harness::measure_process().threads, before + threads_for(200));
    EXPECT_EQ(threads_for(200), 5u);
}

TEST(overlapped_event_echo_server, ThePlaceOfOneWhoLeftIsTakenAgain) {
    const std::size_t before = harness::measure_process().threads;
    overlapped_event::echo_server server;
    std::vector<client> clients;
    connect_and_greet(clients, server.port(), 10);
    for (std::size_t i = 0; i < 2 * capacity; ++i) {
        client visitor{server.port()};
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        visitor.half_close();
        ASSERT_EQ(visitor.receive_to_end(), "");
    }
    EXPECT_EQ(harness::measure_process().threads, before + threads_for(10));
}

class overlapped_event_echo_server_without_memory : public harness::allocation_failures {};

TEST_F(overlapped_event_echo_server_without_memory, AFailedAllocationCostsOneNewClientAtMost) {
    bool failed = true;
    unsigned nth = 1; // each allocation of the server's threads in turn
    for (; failed; ++nth) {
        overlapped_event::echo_server server;
        std::vector<client> old;
        connect_and_greet(old, server.port(), capacity); // the next one takes a new group
        int turned_away = 0;
        {
            const harness::failing_allocation failure{nth};
            for (int i = 0; i < 2; ++i) {
                turned_away += harness::serves_a_new_client(server.port()) ? 0 : 1;
                ASSERT_EQ(old.front().exchange("and me?"), "and me?") << "allocation " << nth;
            }
            failed = failure.has_happened();
        }
        EXPECT_LE(turned_away, failed ? 1 : 0) << "allocation " << nth;
        EXPECT_TRUE(harness::serves_a_new_client(server.port())) << "allocation " << nth;
        const harness::watchdog limit{"stop()"};
        server.stop();
    }
    EXPECT_GT(nth, 2u) << "no allocation failed";
}

} // namespace
