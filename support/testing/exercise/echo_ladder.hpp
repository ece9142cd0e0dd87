/// \file
/// The first rungs for a server that is being written: each needs a little more of it than the one
/// before. The contract of all echo servers (contracts/echo_contract.hpp) goes on from there.
///
/// The check of such an exercise names its server by a model, as the contract's tests do, and says
/// where the lesson has what:
/// \code
/// namespace harness {
/// using models = ::testing::Types<yours>;
/// INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, models, model_names);
/// INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, models, model_names);
/// INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, models, model_names);
/// } // namespace harness
///
/// const bool known = exercise::know_echo_lesson(
///     {"01_blocking/README.md", {.bytes = "Echoing", .others = "A thread for each client", …}});
/// \endcode
#pragma once

#include "testing/client.hpp"
#include "testing/contracts/echo_contract.hpp"
#include "testing/exercise/check.hpp"
#include "testing/exercise/echo_lesson.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace harness {

/// The rungs. They destroy no server before stop() is expected to work: a thread of it may still
/// run.
template <class Model>
class echo_ladder : public ::testing::Test {
protected:
    static auto& start_for_good() { return *Model::start().release(); }
};

TYPED_TEST_SUITE_P(echo_ladder);

TYPED_TEST_P(echo_ladder, ServerStarts) {
    auto& server = this->start_for_good();
    exercise::require(server.port() != 0, "port() is 0");
}

TYPED_TEST_P(echo_ladder, OneByteComesBack) {
    client visitor{this->start_for_good().port()};
    const std::string answer = visitor.exchange("x");
    exercise::require(answer == "x", "\"" + answer + "\"");
}

TYPED_TEST_P(echo_ladder, SecondMessageComesBack) {
    client visitor{this->start_for_good().port()};
    static_cast<void>(visitor.exchange("first"));
    const std::string answer = visitor.exchange("second");
    exercise::require(answer == "second", "\"" + answer + "\"");
}

TYPED_TEST_P(echo_ladder, MoreThanABufferComesBack) {
    client visitor{this->start_for_good().port()};
    const std::string message = make_message(100'000);
    const ::testing::AssertionResult same = same_bytes(message, visitor.exchange(message));
    exercise::require(same, same.message());
}

TYPED_TEST_P(echo_ladder, EndOfTheClientIsAnswered) {
    client visitor{this->start_for_good().port()};
    static_cast<void>(visitor.exchange("hello"));
    visitor.half_close();
    const std::string rest = visitor.receive_to_end();
    exercise::require(rest.empty(), "more bytes than were sent: \"" + rest + "\"");
}

TYPED_TEST_P(echo_ladder, NextClientIsServed) {
    auto& server = this->start_for_good();
    for (int i = 0; i < 3; ++i) {
        client visitor{server.port()};
        static_cast<void>(visitor.exchange("hello"));
    }
}

TYPED_TEST_P(echo_ladder, SilentClientHoldsNobodyUp) {
    auto& server = this->start_for_good();
    const client silent{server.port()};
    client visitor{server.port()};
    static_cast<void>(visitor.exchange("hello"));
}

TYPED_TEST_P(echo_ladder, StopReturnsWithoutClients) {
    TypeParam::start()->stop();
}

TYPED_TEST_P(echo_ladder, StopReturnsWithASilentClient) {
    const auto server = TypeParam::start();
    client silent{server->port()};
    static_cast<void>(silent.exchange("hello"));
    server->stop();
    silent.wait_until_closed();
}

REGISTER_TYPED_TEST_SUITE_P(echo_ladder, ServerStarts, OneByteComesBack, SecondMessageComesBack,
                            MoreThanABufferComesBack, EndOfTheClientIsAnswered, NextClientIsServed,
                            SilentClientHoldsNobodyUp, StopReturnsWithoutClients,
                            StopReturnsWithASilentClient);

} // namespace harness
