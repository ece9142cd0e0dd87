#include "echo_server.hpp"

#include "testing/echo_contract.hpp"

namespace {

struct thread_per_client {
    using server = blocking::echo_server;
    static constexpr const char* name = "thread_per_client";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        blocking::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models = ::testing::Types<thread_per_client>;
INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_crowd_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

TEST(blocking_echo_server, TakesOneThreadForEveryClient) {
    blocking::echo_server server;
    client first{server.port()};
    EXPECT_EQ(first.exchange("hello"), "hello");
    const std::size_t with_one = harness::measure_process().threads;
    std::vector<client> more = harness::connect_clients(server.port(), 20);
    for (client& each : more)
        EXPECT_EQ(each.exchange("hello"), "hello");
    EXPECT_EQ(harness::measure_process().threads, with_one + 20);
}

TEST(blocking_echo_server, OneThreadServesOneClientWhileTheOthersWait) {
    blocking::echo_options options;
    options.threads = 1;
    blocking::echo_server server{options};
    client first{server.port()};
    EXPECT_EQ(first.exchange("first"), "first");

    // The second is connected, by the system, and says something; its words wait.
    client second{server.port()};
    second.send("second");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(first.exchange("first again"), "first again");
    EXPECT_FALSE(second.has_something_to_read());

    first.half_close();
    EXPECT_EQ(first.receive_to_end(), "");
    EXPECT_EQ(second.receive_exactly(6), "second");
}

TEST(blocking_echo_server, ThreeThreadsServeThreeClientsAtOnce) {
    blocking::echo_options options;
    options.threads = 3;
    const std::size_t before = harness::measure_process().threads;
    blocking::echo_server server{options};
    std::vector<client> served = harness::connect_clients(server.port(), 3);
    for (client& each : served)
        EXPECT_EQ(each.exchange("hello"), "hello");
    client waiting{server.port()};
    waiting.send("me too");
    for (int i = 0; i < 20; ++i)
        for (client& each : served)
            EXPECT_EQ(each.exchange("hello"), "hello");
    EXPECT_FALSE(waiting.has_something_to_read());
    EXPECT_EQ(harness::measure_process().threads, before + 3);

    served[1].reset();
    EXPECT_EQ(waiting.receive_exactly(6), "me too");
}

TEST(blocking_echo_server, StopsWhileClientsWaitForAThread) {
    blocking::echo_options options;
    options.threads = 2;
    const harness::process_usage before = harness::measure_process();
    blocking::echo_server server{options};
    std::vector<client> clients = harness::connect_clients(server.port(), 5);
    EXPECT_EQ(clients[0].exchange("hello"), "hello");
    EXPECT_EQ(clients[1].exchange("hello"), "hello");
    {
        const harness::watchdog limit{"stop()"};
        server.stop();
    }
    const harness::process_usage after = harness::measure_process();
    EXPECT_EQ(after.threads, before.threads);
    EXPECT_EQ(after.sockets, before.sockets + clients.size());
    for (client& each : clients)
        each.wait_until_closed();
}

TEST(blocking_echo_server, ClientsBeyondTheLimitAreToldGoodbye) {
    blocking::echo_options options;
    options.max_threads = 2;
    blocking::echo_server server{options};
    std::vector<client> served = harness::connect_clients(server.port(), 2);
    for (client& each : served)
        EXPECT_EQ(each.exchange("hello"), "hello");

    for (int i = 0; i < 3; ++i) {
        client refused{server.port()};
        EXPECT_EQ(refused.receive_to_end(), "server is full, goodbye\n");
    }
    for (client& each : served)
        EXPECT_EQ(each.exchange("still here"), "still here");

    // When one has left there is room again. It sees the end a moment before the server lets it
    // go, so the first to come may still be refused.
    served[0].half_close();
    EXPECT_EQ(served[0].receive_to_end(), "");
    std::string answer;
    harness::wait_until([&] {
        client next{server.port()};
        next.half_close();
        answer = next.receive_to_end();
        return answer.empty(); // served: nothing sent, nothing back
    });
    EXPECT_EQ(answer, "");
}

} // namespace
