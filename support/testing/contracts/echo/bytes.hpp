/// \file
/// The contract about the bytes: the same ones come back.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace harness {

TYPED_TEST_P(echo_contract, SameBytesComeBackForEverySize) {
    constexpr std::size_t buffer = 16 * 1024;
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, buffer - 1, buffer, buffer + 1,
                                   std::size_t{100 * 1024}, std::size_t{1024 * 1024}}) {
        client visitor{this->port()};
        const std::string message = make_message(size);
        EXPECT_TRUE(same_bytes(message, visitor.exchange(message))) << size << " bytes";
    }
}

TYPED_TEST_P(echo_contract, SameBytesComeBackOneByteAtATime) {
    client visitor{this->port()};
    const std::string message = make_message(256);
    for (std::size_t i = 0; i < message.size(); ++i)
        ASSERT_TRUE(same_bytes(message.substr(i, 1), visitor.exchange(message.substr(i, 1))));
    for (std::size_t i = 0; i < message.size(); ++i)
        visitor.send(message.substr(i, 1));
    EXPECT_TRUE(same_bytes(message, visitor.receive_exactly(message.size())));
}

TYPED_TEST_P(echo_contract, SameBytesComeBackInRandomPieces) {
    client visitor{this->port()};
    const std::string message = make_message(1024 * 1024);
    std::string received;
    write_while_reading(
        [&] {
            std::minstd_rand engine{2024};
            for (std::string_view rest = message; !rest.empty();) {
                const std::string_view piece = rest.substr(0, 1 + engine() % 40'000);
                visitor.send(piece);
                rest.remove_prefix(piece.size());
            }
        },
        [&] { received = visitor.receive_exactly(message.size()); });
    EXPECT_TRUE(same_bytes(message, received));
}

TYPED_TEST_P(echo_contract, TwoMessagesInOneSendBothComeBack) {
    client visitor{this->port()};
    const std::string first = make_message(700, 1);
    const std::string second = make_message(900, 2);
    visitor.send(first + second);
    EXPECT_TRUE(same_bytes(first, visitor.receive_exactly(first.size())));
    EXPECT_TRUE(same_bytes(second, visitor.receive_exactly(second.size())));
}

TYPED_TEST_P(echo_contract, ManyMessagesInARowComeBack) {
    client visitor{this->port()};
    for (unsigned i = 1; i <= 300; ++i) {
        const std::string message = make_message(1 + i * 61 % 2000, i);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "message " << i;
    }
}

TYPED_TEST_P(echo_contract, AfterHalfCloseEverythingStillComesBackThenTheEnd) {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{16 * 1024}, std::size_t{1024 * 1024}}) {
        client visitor{this->port()};
        const std::string message = make_message(size);
        std::string received;
        write_while_reading(
            [&] {
                visitor.send(message);
                visitor.half_close();
            },
            [&] { received = visitor.receive_to_end(); });
        EXPECT_TRUE(same_bytes(message, received)) << size << " bytes";
    }
}

// Bytes that wait in the server's and the system's buffers when the half-close arrives come back,
// too.
TYPED_TEST_P(echo_contract, HalfCloseWhileNobodyReadsLosesNothing) {
    client bystander{this->port()};
    flood visitor{this->port()};
    visitor.run(bystander);
    EXPECT_TRUE(visitor.read_all());
}

TYPED_TEST_P(echo_contract, HalfCloseWithNothingSentEndsTheStream) {
    client visitor{this->port()};
    visitor.half_close();
    EXPECT_EQ(visitor.receive_to_end(), "");
}

} // namespace harness
