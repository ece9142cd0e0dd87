/// \file
/// Nothing is left behind, by a connection or by a server.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>

namespace harness {

TYPED_TEST_P(echo_contract, ConnectionsOneAfterAnotherLeaveNothingBehind) {
    constexpr std::size_t connections = 500;
    constexpr std::size_t few = connections / 10; // what the system may keep, or be late to close
    // Of those that end in order there are twice as many as "few", and no more: the client's port
    // is kept for minutes then, and Windows has 16,384 for all tests together.
    constexpr unsigned orderly = 5;
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    const process_usage quiet = measure_process();
    for (unsigned i = 0; i < connections; ++i) {
        client visitor{this->port()};
        const std::string message = make_message(100, i + 1);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "connection " << i;
        if (i % orderly != 0) {
            visitor.reset();
            continue;
        }
        visitor.half_close();
        ASSERT_EQ(visitor.receive_to_end(), "") << "connection " << i;
    }
    // Also while it serves. A client sees the end a moment before the server has closed.
    const process_usage now = wait_for_usage_within(quiet, few);
    EXPECT_TRUE(is_within(now, quiet, few)) << "from " << quiet << " to " << now;

    this->stop_and_destroy();
    this->expect_nothing_left(1);
    EXPECT_LT(measure_process().handles, this->before().handles + few);
}

TYPED_TEST_P(echo_contract, StartingAndStoppingLeavesNothingBehind) {
    this->stop_and_destroy();
    constexpr std::size_t rounds = 20;
    const process_usage start = measure_process();
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::unique_ptr<typename TypeParam::server> server = TypeParam::start();
        client visitor{server->port()};
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        const watchdog limit{"stop()"};
        server->stop();
    }
    const process_usage end = measure_process();
    EXPECT_LE(end.threads, start.threads);
    EXPECT_LE(end.sockets, start.sockets);
    // Anything that each round left would make this grow by a whole round's worth.
    EXPECT_LT(end.handles, start.handles + rounds) << "from " << start << " to " << end;
}

} // namespace harness
