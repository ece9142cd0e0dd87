#include "server.hpp"

#include "../rest.hpp"
#include "../served.hpp"
#include "../slow_reader.hpp"
#include "../system_sends.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

namespace {

using exercise::require_answer;
using exercise::require_echo;
using exercise::served;
using exercise::slow_reader;
using exercise::small_send_buffers;
using harness::client;
using restless::server;

const exercise::rule wish_for_one{
    "a program asks for what its next call needs, and for nothing else: all else that is ready "
    "would end every wait at once",
    "02_nonblocking/README.md", "Waiting with WSAPoll"};
const exercise::rule no_time_limit{
    "a thread that has nothing to do stays inside its wait: a look now and then, or a time limit, "
    "brings it back for nothing",
    "02_nonblocking/README.md", "Waiting with WSAPoll"};
const exercise::rule one_wait_for_all{
    "the thread waits in one place, for all clients; for one of them it never waits",
    "02_nonblocking/README.md", "Who tells us when to call again?"};

TEST(restless, BytesComeBack) {
    exercise::about(wish_for_one);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
    exercise::expect("the server sends back 100,000 bytes to a client that reads them");
    require_echo(visitor, harness::make_message(100'000));
}

TEST(restless, SlowReaderGetsEveryByte) {
    exercise::about(one_wait_for_all);
    const small_send_buffers buffers;
    const served<server> tested;
    client other{tested.port()};
    slow_reader slow{tested.port()};
    slow.send_all_it_can(other);
    exercise::about(wish_for_one);
    slow.read_all();
}

TEST(restless, AnswerGoesOutWhenThereIsRoom) {
    exercise::about(wish_for_one);
    const served<server> tested;
    client visitor{tested.port()};
    exercise::system_sends sends;
    sends.take_at_most(0);
    exercise::expect("the server tries to send an answer for which there is no room");
    const unsigned before = sends.refused();
    visitor.send("hello");
    harness::wait_until([&] { return sends.refused() > before; });
    exercise::expect(
        "the answer goes out when there is room, though the client sends nothing more");
    sends.take_everything();
    require_answer(visitor, "hello");
    exercise::expect(
        "an answer goes out to its end when a send takes 2 bytes of it at most, though "
        "the client sends nothing more");
    sends.take_at_most(2);
    require_echo(visitor, "hello");
}

TEST(restless, RestsWhileNobodyIsConnected) {
    exercise::about(no_time_limit);
    const served<server> tested;
    {
        exercise::expect("a client is served, and leaves");
        client visitor{tested.port()};
        require_echo(visitor, "hello");
        visitor.half_close();
        visitor.wait_until_closed();
    }
    exercise::expect_rest("the server's thread rests inside its wait while nobody is connected");
}

TEST(restless, RestsWhileAClientIsSilent) {
    exercise::about(wish_for_one);
    const served<server> tested;
    exercise::expect("a client is served");
    client silent{tested.port()};
    require_echo(silent, "hello");
    exercise::expect_rest(
        "the server's thread rests inside its wait while its one client, which has "
        "been served, sends nothing");
}

TEST(restless, RestsWhileAClientDoesNotRead) {
    exercise::about(wish_for_one);
    const small_send_buffers buffers;
    const served<server> tested;
    client other{tested.port()};
    slow_reader slow{tested.port()};
    slow.send_all_it_can(other);
    exercise::expect_rest(
        "the server's thread rests inside its wait while one client is silent, and "
        "another one has sent all that it can and does not read",
        20); // the systems may still move some bytes
}

} // namespace
