/// \file
/// The contract of an echo server on overlapped operations, beyond echo_contract.hpp, whose models
/// it takes:
/// \code
/// namespace harness {
/// INSTANTIATE_TYPED_TEST_SUITE_P(iocp, overlapped_contract, models, model_names);
/// } // namespace harness
/// \endcode
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/facts.hpp"
#include "testing/machine/watchdog.hpp"
#include "trace/operations.hpp"
#include "trace/recorder.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace harness {

template <class Model>
class overlapped_contract : public facts {};

TYPED_TEST_SUITE_P(overlapped_contract);

/// Whether the program knows that the operation has ended: it has collected the completion, or the
/// call that should have started the operation has failed, and there is no completion. An operation
/// that was done at once has a completion, too, unless the server skips those.
[[nodiscard]] inline bool is_settled(const trace::operation& what, bool skips_packets) {
    return what.by == trace::ended_by::collected ||
           (what.by == trace::ended_by::own_call && (what.error != 0 || skips_packets));
}

template <class Model>
constexpr bool model_skips_packets = requires {
    requires Model::skips_packets;
};

// The buffers and OVERLAPPEDs of the server go when it does, and Windows must have given back every
// one of them by then. A test that only looked for wrong bytes would prove little.
TYPED_TEST_P(overlapped_contract, StopCollectsEveryOperation) {
    trace::recorder recorder;
    const auto server = TypeParam::start();
    client bystander{server->port()};
    // Receives that never had a byte.
    const std::vector<client> silent = connect_clients(server->port(), 4);
    client half_closed{server->port()};
    half_closed.half_close();
    EXPECT_EQ(half_closed.receive_to_end(), "");
    flood deaf{server->port()}; // a send that cannot go on
    deaf.run(bystander);
    {
        const watchdog limit{"stop()"};
        server->stop();
    }
    const trace::recording what = recorder.stop();
    ASSERT_EQ(what.dropped, 0u);

    unsigned cancelled_receives = 0;
    unsigned accepts = 0;
    unsigned sends = 0;
    for (const trace::operation& each : trace::match_operations(what)) {
        const trace::call call = each.issued->which;
        EXPECT_TRUE(is_settled(each, model_skips_packets<TypeParam>))
            << trace::info(call).name << " number " << each.id << " was not collected";
        cancelled_receives += call == trace::call::WSARecv && each.error == ERROR_OPERATION_ABORTED;
        accepts += call == trace::call::AcceptEx;
        sends += call == trace::call::WSASend;
    }
    // The silent clients came long ago, so their receives were there to collect. (The bystander has
    // just had a reply: its next receive may not have been started when stop() came.)
    EXPECT_GE(cancelled_receives, 2u);
    EXPECT_GE(accepts, 8u) << "one for each client, and one for the next client";
    EXPECT_GE(sends, 20u);
}

REGISTER_TYPED_TEST_SUITE_P(overlapped_contract, StopCollectsEveryOperation);

} // namespace harness
