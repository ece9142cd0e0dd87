// Twenty thousand clients, one after the other: anything that each left behind would add up.
#include "scripted_server.hpp"

#include "testing/machine/live_memory.hpp"
#include "testing/machine/process_usage.hpp"

namespace {

using namespace iocp_test;

using iocp_many_connections = scripted_server;

TEST_F(iocp_many_connections, TwentyThousandInSequenceLeaveNothingBehind) {
    start();
    // Most clients reset. The side that ends a connection in good order keeps its port for minutes,
    // and Windows has 16,384 for all programs. So only one in twenty does. A thousand are enough to
    // show anything that such an end leaves behind. Source:
    // https://learn.microsoft.com/troubleshoot/windows-client/networking/tcp-ip-port-exhaustion-troubleshooting
    const auto visit = [this](unsigned number) {
        client visitor = connect();
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        switch (number % 40) {
        case 0:
            visitor.half_close();
            ASSERT_EQ(visitor.receive_to_end(), "");
            break;
        case 20:
            break; // closes without sending
        default:
            visitor.reset();
            break;
        }
    };
    for (unsigned i = 0; i < 100; ++i) // makes the objects that are made at their first use
        ASSERT_NO_FATAL_FAILURE(visit(i));
    wait_until_open(0);
    const harness::process_usage usage = harness::measure_process();
    const std::size_t memory = harness::live_bytes();
    for (unsigned i = 0; i < 20'000; ++i)
        ASSERT_NO_FATAL_FAILURE(visit(i)) << "connection " << i;
    wait_until_open(0);
    EXPECT_EQ(server->figures().accepted, 20'100u);
    const harness::process_usage after = harness::wait_for_usage_within(usage, 20);
    EXPECT_TRUE(harness::is_within(after, usage, 20)) << "from " << usage << " to " << after;
    EXPECT_LT(harness::live_bytes(), memory + 10'000)
        << "half a byte for each, and ten for each that ended in order";
}

} // namespace
