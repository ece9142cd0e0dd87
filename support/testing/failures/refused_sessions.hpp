/// \file
/// A server that has no memory for some of its clients.
#pragma once

#include "failing_allocation.hpp"
#include "testing/client.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace harness {

/// Fails the test unless the clients that get no session go, and all others are served: one that
/// was there before, meanwhile and afterwards, and new ones afterwards. `port` is that of a server
/// whose first allocation for a new client is its session.
inline void expect_clients_without_session_to_go(std::uint16_t port) {
    client earlier{port};
    EXPECT_EQ(earlier.exchange("earlier"), "earlier");

    // There are more of them than accepts: an accept that got lost with its client would be missed.
    constexpr unsigned many = 10;
    {
        const failing_allocation failure{1, many};
        for (unsigned i = 0; i < many; ++i) {
            client refused{port};
            refused.wait_until_closed();
        }
        EXPECT_TRUE(failure.has_happened());
        earlier.send("meanwhile"); // no exchange(): it would need memory on a thread of its own
        EXPECT_EQ(earlier.receive_exactly(9), "meanwhile");
    }
    for (unsigned i = 0; i < many; ++i)
        EXPECT_EQ(client{port}.exchange("later"), "later");
    EXPECT_EQ(earlier.exchange("still"), "still");
}

} // namespace harness
