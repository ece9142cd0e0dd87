/// \file
/// The contract about stop(): it returns, whatever the clients do, and disconnects them.
#pragma once

#include "fixture.hpp"
#include "testing/latch.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace harness {

TYPED_TEST_P(echo_contract, StopWithOperationsPendingReturnsAndDisconnects) {
    client bystander{this->port()};
    client silent{this->port()}; // a receive that never had a byte
    client half_closed{this->port()};
    half_closed.half_close();
    EXPECT_EQ(half_closed.receive_to_end(), "");
    flood deaf{this->port()}; // a send that cannot go on
    deaf.run(bystander);      // and with the bystander a receive that waits for the next message

    this->stop();
    this->expect_stopped();
    const watchdog limit{"the end of a connection"};
    bystander.wait_until_closed();
    silent.wait_until_closed();
    deaf.connection.wait_until_closed();
}

TYPED_TEST_P(echo_contract, StopWithoutClientsReturns) {
    this->stop();
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, StopTwiceIsStopOnce) {
    client visitor{this->port()};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    this->stop();
    this->stop();
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, DestructorStops) {
    this->stop_and_destroy();
    auto server = TypeParam::start();
    client visitor{server->port()};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    const watchdog limit{"the destructor, or the end of the connection"};
    server.reset();
    visitor.wait_until_closed();
}

TYPED_TEST_P(echo_contract, StopDuringLargeTransfersReturns) {
    constexpr std::size_t count = 4;
    const std::string message = make_message(256 * 1024);
    std::vector<client> visitors = connect_clients(this->port(), count);
    latch all_in_the_middle{count};
    std::vector<std::jthread> threads;
    for (client& visitor : visitors)
        threads.emplace_back([&] {
            bool first = true;
            try {
                for (;;) {
                    EXPECT_TRUE(same_bytes(message, visitor.exchange(message)));
                    if (std::exchange(first, false))
                        all_in_the_middle.count_down();
                }
            } catch (const std::exception& error) { // stop() ends the loop
                if (first) {
                    ADD_FAILURE() << "before stop(): " << error.what();
                    all_in_the_middle.count_down();
                }
            }
        });
    all_in_the_middle.wait();
    this->stop();
    {
        const watchdog limit{"the end of a connection"};
        threads.clear(); // joins them
    }
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, StopWhileAClientIsBusyReturns) {
    const busy_client busy{this->port()};
    this->expect_serves(this->port());
    this->stop();
}

TYPED_TEST_P(echo_contract, StopWhileClientsConnectReturns) {
    latch in_the_middle{1};
    const std::uint16_t number = this->port();
    std::thread visitors{[&] {
        for (unsigned served = 0;; ++served) {
            if (served == 10)
                in_the_middle.count_down();
            client visitor;
            try {
                visitor.connect(number);
            } catch (const std::system_error&) { // refused: the server has stopped
                if (served < 10)
                    in_the_middle.count_down();
                return;
            }
            try {
                static_cast<void>(visitor.exchange("hello"));
            } catch (const std::exception&) {
                // This client came too late to be served. Others may still find the port open.
                if (served < 10)
                    ADD_FAILURE() << "not served before stop()";
            }
        }
    }};
    in_the_middle.wait();
    this->stop();
    {
        const watchdog limit{"the clients' end"};
        visitors.join();
    }
    this->expect_stopped();
}

} // namespace harness
