/// \file
/// The contract about clients that might harm others: nobody is hurt or held up.
#pragma once

#include "fixture.hpp"
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace harness {

TYPED_TEST_P(echo_contract, ResetsInMidStreamHurtNobodyElse) {
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    const process_usage quiet = measure_process();
    const std::string half = make_message(8 * 1024);
    for (unsigned i = 0; i < 100; ++i) {
        client visitor{this->port()};
        // The reset meets the server in the middle of an accept, of a receive, or of a send.
        if (i % 4 != 0)
            visitor.send(half);
        if (i % 4 == 2)
            static_cast<void>(visitor.receive_exactly(half.size() / 2));
        if (i % 20 == 3) // enough to make the server's own send wait
            for (int k = 0; k < 400 && visitor.send_without_waiting(half) != 0; ++k) {
            }
        visitor.reset();
        const std::string message = make_message(100, i + 1);
        ASSERT_TRUE(same_bytes(message, bystander.exchange(message))) << "after reset " << i;
    }
    this->expect_serves(this->port());
    constexpr std::size_t few = 10;
    const process_usage now = wait_for_usage_within(quiet, few);
    EXPECT_TRUE(is_within(now, quiet, few)) << "from " << quiet << " to " << now;
}

// The busy client is there first and always has something ready: a server that begins each turn at
// the front, and ends it at the first that is ready, never comes to the others.
TYPED_TEST_P(echo_contract, ABusyClientHoldsNobodyUp) {
    const busy_client busy{this->port()};
    client visitor{this->port()};
    for (unsigned i = 1; i <= 50; ++i) {
        const std::string message = make_message(100, i);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "message " << i;
    }
}

TYPED_TEST_P(echo_contract, AClientThatNeverReadsCostsBoundedMemoryAndHoldsNobodyUp) {
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    flood visitor{this->port()};
    reset_peak_live_bytes();
    const std::size_t live = live_bytes();
    visitor.run(bystander); // and the bystander is served meanwhile
    EXPECT_LT(peak_live_bytes() - live, std::size_t{1024 * 1024});
    EXPECT_LT(visitor.sent(), flood::limit) << "the server went on reading";
    this->expect_serves(this->port());
}

} // namespace harness
