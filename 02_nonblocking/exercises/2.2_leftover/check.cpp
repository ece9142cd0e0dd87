#include "server.hpp"

#include "../served.hpp"
#include "../slow_reader.hpp"
#include "../system_sends.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace {

using exercise::require_echo;
using exercise::served;
using exercise::slow_reader;
using exercise::small_send_buffers;
using harness::client;
using leftover::server;

const exercise::rule keep_what_is_left{
    "a send on a non-blocking socket takes all, a part, or nothing; the program keeps what is "
    "left, and sends it when the socket is ready for it",
    "02_nonblocking/README.md", "One step of one client"};
const exercise::rule stop_receiving{
    "from a client that does not read, the server does not receive: so the client cannot choose "
    "how much memory it costs",
    "02_nonblocking/README.md", "One step of one client"};
const exercise::rule never_wait_for_one{
    "the thread waits in one place, for all clients; for one of them it never waits",
    "02_nonblocking/README.md", "Who tells us when to call again?"};

TEST(leftover, BytesComeBack) {
    exercise::about(keep_what_is_left);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
    exercise::expect("the server sends back 100,000 bytes to a client that reads them");
    require_echo(visitor, harness::make_message(100'000));
}

TEST(leftover, SlowReaderHoldsNobodyUp) {
    exercise::about(never_wait_for_one);
    const small_send_buffers buffers;
    const served<server> tested;
    client other{tested.port()};
    slow_reader slow{tested.port()};
    slow.send_all_it_can(other);
    exercise::expect("a client is served while bytes of another one wait to be read");
    require_echo(other, "hello");
}

TEST(leftover, SlowReaderGetsEveryByte) {
    exercise::about(keep_what_is_left);
    const small_send_buffers buffers;
    const served<server> tested;
    client other{tested.port()};
    slow_reader slow{tested.port()};
    slow.send_all_it_can(other);
    slow.read_all();
}

TEST(leftover, SlowReaderCostsOneBuffer) {
    exercise::about(stop_receiving);
    const small_send_buffers buffers;
    const served<server> tested;
    client other{tested.port()};
    slow_reader slow{tested.port()};
    const std::size_t before = harness::live_bytes();
    harness::reset_peak_live_bytes();
    slow.send_all_it_can(other);
    const std::size_t taken = harness::peak_live_bytes() - before;
    exercise::expect("a client that does not read cannot send any more when all buffers are full");
    exercise::require(slow.sent() < slow_reader::limit, "the server has taken " +
                                                            std::to_string(slow.sent()) +
                                                            " bytes from it, and would take more");
    exercise::expect("such a client costs one buffer: less than 256 KiB of memory");
    exercise::require(taken < 256 * 1024, std::to_string(taken) + " bytes were allocated for it");
}

// Microsoft's page of send allows this. Windows is not seen to do it; Linux and Wine are.
TEST(leftover, SendThatTakesAPartLosesNothing) {
    exercise::about(keep_what_is_left);
    const served<server> tested;
    client visitor{tested.port()};
    exercise::system_sends sends;
    sends.take_at_most(1000);
    exercise::expect("100,000 bytes come back while each send takes at most 1,000");
    require_echo(visitor, harness::make_message(100'000));
}

} // namespace
