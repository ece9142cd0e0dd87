#include "server.hpp"

#include "../rest.hpp"
#include "../served.hpp"
#include "../system_sends.hpp"
#include "../windows_poll.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using exercise::require_echo;
using exercise::require_last_answer;
using exercise::served;
using hangup::server;
using harness::client;

const exercise::rule any_answer{
    "any answer of the wait means: make the next call, which tells what has happened; the end of "
    "the stream and errors come without being asked for, and alone",
    "02_nonblocking/README.md", "Waiting with WSAPoll"};

class hangup_test : public ::testing::Test {
protected:
    exercise::windows_poll windows;
};

TEST_F(hangup_test, BytesComeBack) {
    exercise::about(any_answer);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
}

TEST_F(hangup_test, EndOfTheClientIsAnswered) {
    exercise::about(any_answer);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
    exercise::expect("a client that has finished sending gets the end of the stream, too");
    visitor.half_close();
    require_last_answer(visitor, "");
}

TEST_F(hangup_test, ClientGetsItsBytesAfterItsEnd) {
    exercise::about(any_answer);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
    exercise::expect("a client sends \"the last word\" and finishes, and for a moment there is no "
                     "room for the answer");
    exercise::system_sends sends;
    sends.take_at_most(0);
    visitor.send("the last word");
    visitor.half_close();
    // By then the server has waited again, with the end before its eyes.
    const unsigned enough = sends.refused() + 5;
    harness::wait_until(
        [&] { return sends.refused() >= enough || visitor.has_something_to_read(); });
    exercise::expect("when there is room, the client gets \"the last word\", and then the end");
    sends.take_everything();
    require_last_answer(visitor, "the last word");
}

TEST_F(hangup_test, BytesThatComeWithTheEndAreSentBack) {
    exercise::about(any_answer);
    const served<server> tested;
    client visitor{tested.port()};
    exercise::expect("a client sends \"one\", and for a moment there is no room for the answer");
    exercise::system_sends sends;
    sends.take_at_most(0);
    const unsigned before = sends.refused();
    visitor.send("one");
    harness::wait_until([&] { return sends.refused() > before; });
    exercise::expect("the client then sends \"two\" and finishes, and when there is room, it gets "
                     "\"onetwo\", and then the end");
    visitor.send("two");
    visitor.half_close();
    windows.ends_have_come();
    sends.take_everything();
    require_last_answer(visitor, "onetwo");
}

TEST_F(hangup_test, RestsWhenItsClientsHaveGone) {
    exercise::about(any_answer);
    const served<server> tested;
    client other{tested.port()};
    {
        std::vector<client> clients = exercise::connect_clients(tested.port(), 10);
        for (std::size_t i = 0; i < clients.size(); ++i) {
            exercise::expect("10 clients are served, and leave: half of them with a reset");
            require_echo(clients[i], "hello");
            i % 2 == 0 ? clients[i].reset() : clients[i].close();
        }
    }
    for (int i = 0; i < 20; ++i) {
        exercise::expect("the client that stays is served");
        require_echo(other, "hello");
    }
    exercise::expect_rest(
        "the server's thread rests inside its wait while the client that stays sends "
        "nothing");
}

} // namespace
