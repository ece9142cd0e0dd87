/// \file
/// The contract about hundreds of clients at once.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace harness {

TYPED_TEST_P(echo_crowd_contract, SilentClientsHoldNobodyUp) {
    std::vector<client> silent = connect_clients(this->port(), 200);
    client visitor{this->port()};
    const std::string message = make_message(100 * 1024);
    EXPECT_TRUE(same_bytes(message, visitor.exchange(message)));
    // The silent clients are still served.
    EXPECT_EQ(silent.front().exchange("first"), "first");
    EXPECT_EQ(silent.back().exchange("last"), "last");
}

TYPED_TEST_P(echo_crowd_contract, ManyClientsAtOnceEachGetTheirOwnBytes) {
    std::vector<client> visitors = connect_clients(this->port(), 300);
    const auto message_of = [](std::size_t i) {
        return make_message(1000 + i, static_cast<unsigned>(i + 1));
    };
    for (std::size_t i = 0; i < visitors.size(); ++i)
        visitors[i].send(message_of(i));
    for (std::size_t i = 0; i < visitors.size(); ++i) {
        ASSERT_TRUE(same_bytes(message_of(i), visitors[i].receive_exactly(1000 + i)))
            << "client " << i;
        visitors[i].half_close();
    }
    for (client& visitor : visitors)
        ASSERT_EQ(visitor.receive_to_end(), "");
}

TYPED_TEST_P(echo_crowd_contract, StopWithManyClientsReturnsAndDisconnectsAll) {
    std::vector<client> visitors = connect_clients(this->port(), 300);
    // The last one in is served, so all the others are in as well.
    EXPECT_EQ(visitors.back().exchange("hello"), "hello");
    this->stop();
    this->expect_stopped();
    const watchdog limit{"the end of a connection"};
    for (client& visitor : visitors)
        visitor.wait_until_closed();
}

} // namespace harness
