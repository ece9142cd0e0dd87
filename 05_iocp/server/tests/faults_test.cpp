// Each fault, at a few places. many_faults_test.cpp has many more places, and faults in a row.
#include "fault_run.hpp"
#include "scripted_server.hpp"

#include <limits>
#include <stdexcept>
#include <string>

namespace {

using namespace iocp_test;
using iocp::session;

using iocp_fault = fault_test;

TEST_P(iocp_fault, IsSurvived) {
    static_cast<void>(
        run_with_fault(GetParam(), 1, 0)); // makes the objects that are made at their first use
    unsigned first = 1;
    while (run_with_fault(GetParam(), first, 1) != 0)
        first *= 2;
    EXPECT_GT(first, 1u) << "the server has never done it";
}

INSTANTIATE_TEST_SUITE_P(each, iocp_fault, ::testing::ValuesIn(all_faults()), test_name);

// Faults of calls that only make the server's work easier: every client is served without them too.
using iocp_lasting_fault = fault_test;

TEST_P(iocp_lasting_fault, IsSurvived) {
    static_cast<void>(run_with_fault(GetParam(), 1, 0));
    EXPECT_NE(run_with_fault(GetParam(), 1, std::numeric_limits<unsigned>::max()), 0u);
}

INSTANTIATE_TEST_SUITE_P(each, iocp_lasting_fault,
                         ::testing::Values(fault::PostQueuedCompletionStatus,
                                           fault::SetFileCompletionNotificationModes,
                                           fault::getsockopt, fault::ioctlsocket),
                         test_name);

using iocp_send_fault = scripted_server;

// After an orderly end the client would take its part of the answer for the whole.
TEST_F(iocp_send_fault, ClientOfAnAnswerCutShortIsReset) {
    const std::string answer = harness::make_message(3'000'000);
    user.receive = [&](session& self, std::span<const std::byte>) {
        self.send(std::as_bytes(std::span{answer}));
        self.close();
    };
    faults struck{fault::WSASend, 2};
    start();
    client visitor = connect();
    visitor.send("go");
    std::string received;
    try {
        received = visitor.receive_to_end();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), WSAECONNRESET);
    }
    EXPECT_LT(received.size(), answer.size());
    EXPECT_EQ(struck.happened(), 1u);
    // After an orderly end this would still go out, and only later bytes would meet a reset.
    EXPECT_THROW(visitor.send("are you there?"), std::system_error);
    stop();
}

} // namespace
