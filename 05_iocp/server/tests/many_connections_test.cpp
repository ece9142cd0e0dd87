// Twenty thousand clients, one after the other: what each leaves behind would add up.
#include "scripted_server.hpp"

#include "testing/live_memory.hpp"
#include "testing/process_usage.hpp"

namespace {

using namespace iocp_test;

using iocp_many_connections = scripted_server;

TEST_F(iocp_many_connections, TwentyThousandInSequenceLeaveNothingBehind) {
    start();
    const auto visit = [this](unsigned number) {
        client visitor = connect();
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        switch (number % 3) {
        case 0:
            visitor.half_close();
            ASSERT_EQ(visitor.receive_to_end(), "");
            break;
        case 1:
            visitor.reset();
            break;
        default:
            break; // closes without a word
        }
    };
    for (unsigned i = 0; i < 100; ++i) // all that is made at its first use
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
    EXPECT_LT(harness::live_bytes(), memory + 10'000) << "half a byte for each";
}

} // namespace
