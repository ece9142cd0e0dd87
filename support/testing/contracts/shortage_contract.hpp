/// \file
/// The contract of an echo server to which the system gives no more sockets, or threads. It takes
/// the models of echo_contract.hpp: \code namespace harness { INSTANTIATE_TYPED_TEST_SUITE_P(iocp,
/// shortage_contract, models, model_names); } // namespace harness \endcode
///
/// A model with more than one accept in flight says so: `static constexpr unsigned accepts = 4;`.
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/facts.hpp"
#include "testing/failures/failing_accepts.hpp"
#include "testing/failures/failing_threads.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>

namespace harness {

template <class Model>
class shortage_contract : public facts {};

TYPED_TEST_SUITE_P(shortage_contract);

template <class Model>
[[nodiscard]] constexpr unsigned accepts_in_flight() {
    if constexpr (requires { Model::accepts; })
        return Model::accepts;
    else
        return 1;
}

// The next accept would fail as well, at once. A server that does not pause has failed some
// thousands of times by the end of a pause.
TYPED_TEST_P(shortage_contract, WithoutMoreSocketsAcceptsPauseAndGoOnLater) {
    using std::chrono::milliseconds;
    constexpr unsigned rounds = 4;
    constexpr unsigned each_round = accepts_in_flight<TypeParam>();
    const auto begin = std::chrono::steady_clock::now();
    failing_accepts shortage{accept_failure::for_shortage};
    const auto server = TypeParam::start();
    client patient{server->port()};
    patient.send("hello");
    wait_until([&] { return shortage.happened() > (rounds - 1) * each_round; });
    const unsigned happened = shortage.happened();
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    shortage.end();
    ASSERT_GT(happened, (rounds - 1) * each_round) << "it has given up";
    // The pauses are of 100 ms and more, but a server's clock may be coarse. A slow machine only
    // makes them longer.
    constexpr milliseconds shortest_pause{50};
    EXPECT_LE((happened - 1) / each_round, elapsed / shortest_pause) << "accepts in a row";

    const watchdog limit{"the end of the shortage"};
    EXPECT_EQ(patient.receive_exactly(5), "hello");
    client next{server->port()};
    EXPECT_EQ(next.exchange("hello"), "hello");
    server->stop();
}

TYPED_TEST_P(shortage_contract, StopReturnsWithoutMoreSockets) {
    const failing_accepts shortage{accept_failure::for_shortage};
    const auto server = TypeParam::start();
    const client waiting{server->port()};
    wait_until([&] { return shortage.happened() >= accepts_in_flight<TypeParam>(); });
    const watchdog limit{"stop()"};
    server->stop();
}

// With a pause after each failure, the deadline would be over long before the last one.
TYPED_TEST_P(shortage_contract, ClientsThatAreGoneHoldNobodyUp) {
    constexpr unsigned gone = std::min(300 * accepts_in_flight<TypeParam>(), 1'200u);
    const failing_accepts resets{accept_failure::of_the_client, gone};
    const auto server = TypeParam::start();
    client patient{server->port()};
    patient.send("hello");
    wait_until([&] { return resets.happened() == gone; });
    ASSERT_EQ(resets.happened(), gone);
    const watchdog limit{"the client behind them"};
    EXPECT_EQ(patient.receive_exactly(5), "hello");
    server->stop();
}

// Refuses each of the server's threads in turn.
TYPED_TEST_P(shortage_contract, WithoutAThreadItDoesNotStartAndSaysSo) {
    const process_usage before = measure_process();
    for (unsigned nth = 1;; ++nth) {
        try {
            const watchdog limit{"a start without a thread"}; // first, for its own thread
            const failing_threads refused{thread_failure::refused, nth, 1};
            TypeParam::start()->stop();
            EXPECT_EQ(refused.happened(), 0u) << "it serves without thread " << nth;
            return;
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string_view{error.what()}.find("cannot start a thread"),
                      std::string_view::npos)
                << error.what();
        }
        const process_usage after = measure_process();
        EXPECT_LE(after.threads, before.threads) << "without thread " << nth;
        EXPECT_LE(after.sockets, before.sockets) << "without thread " << nth;
    }
}

REGISTER_TYPED_TEST_SUITE_P(shortage_contract, WithoutMoreSocketsAcceptsPauseAndGoOnLater,
                            StopReturnsWithoutMoreSockets, ClientsThatAreGoneHoldNobodyUp,
                            WithoutAThreadItDoesNotStartAndSaysSo);

} // namespace harness
