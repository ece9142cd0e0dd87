/// \file
/// The contract about leftovers: neither a connection nor a server leaves anything behind.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace harness {

TYPED_TEST_P(echo_contract, ConnectionsOneAfterAnotherLeaveNothingBehind) {
    constexpr std::size_t connections = 500;
    constexpr std::size_t few = connections / 10; // handles that the system keeps, or closes late
    // Twice as many connections as `few` end in order, and no more: that keeps the client's port
    // for minutes, and Windows has 16,384 ports for all tests together.
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
    // Nothing may stay while it serves, either. A client sees the end a moment before the server
    // has closed.
    const process_usage now = wait_for_usage_within(quiet, few);
    EXPECT_TRUE(is_within(now, quiet, few)) << "from " << quiet << " to " << now;

    this->stop_and_destroy();
    EXPECT_LT(this->expect_nothing_left(1).handles, this->before().handles + few);
}

TYPED_TEST_P(echo_contract, StartingAndStoppingLeavesNothingBehind) {
    this->stop_and_destroy();
    constexpr std::size_t rounds = 20;
    const process_usage start = measure_process();
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto server = TypeParam::start();
        client visitor{server->port()};
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        this->stop(*server);
    }
    const process_usage end = measure_process();
    EXPECT_LE(end.threads, start.threads);
    EXPECT_LE(end.sockets, start.sockets);
    // A handle left in each round would add up to as many as there were rounds.
    EXPECT_LT(end.handles, start.handles + rounds) << "from " << start << " to " << end;
}

} // namespace harness
