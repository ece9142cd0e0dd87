#include "server.hpp"

#include "../rest.hpp"
#include "../served.hpp"
#include "../system_sends.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

static_assert(FD_SETSIZE == 64, "leave FD_SETSIZE alone: a larger one only moves the wall");

namespace {

using exercise::require_answer;
using exercise::require_echo;
using exercise::served;
using full_set::server;
using harness::client;

const exercise::rule count_the_sockets{
    "a set holds 64 sockets, and FD_SET ignores the next one without a word; so the program counts",
    "02_nonblocking/README.md", "The wall at 64"};
const exercise::rule rest_when_full{
    "readiness is a state: a socket that is watched and not served ends every wait at once",
    "02_nonblocking/README.md", "Who tells us when to call again?"};

constexpr std::size_t regulars = 20;
constexpr std::size_t crowd = 70; // with the regulars; more than a set holds

// With each answer the server has made a turn. After so many it has let in all that it will.
constexpr int turns_for_all = crowd + 10;

std::string name(std::size_t i) {
    return "client " + std::to_string(i + 1);
}

void require_all_served(std::vector<client>& clients, const std::string& when) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
        exercise::expect(name(i) + ", which has been answered before, is answered again " + when);
        require_echo(clients[i], "and me?");
    }
}

TEST(full_set, BytesComeBack) {
    exercise::about(count_the_sockets);
    const served<server> tested;
    exercise::expect("the server sends back what a client sends");
    client visitor{tested.port()};
    require_echo(visitor, "hello");
}

TEST(full_set, FortyClientsAreServed) {
    exercise::about(count_the_sockets);
    const served<server> tested;
    std::vector<client> clients = exercise::connect_clients(tested.port(), 40);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        exercise::expect(name(i) + " is answered while 40 clients are connected");
        require_echo(clients[i], "hello");
    }
}

TEST(full_set, ClientsThatAreServedStayServed) {
    exercise::about(count_the_sockets);
    const served<server> tested;
    std::vector<client> clients = exercise::connect_clients(tested.port(), regulars);
    for (client& each : clients) {
        exercise::expect("each of the first 20 clients is answered");
        require_echo(each, "hello");
    }
    const std::vector<client> more = exercise::connect_clients(tested.port(), crowd - regulars);
    for (int i = 0; i < turns_for_all; ++i) {
        exercise::expect("client 1, which has been answered before, is answered again and again "
                         "while 70 clients are connected");
        require_echo(clients.front(), "and me?");
    }
    require_all_served(clients, "while 70 clients are connected");
}

TEST(full_set, ClientsThatDoNotReadTakeAPlaceToo) {
    exercise::about(count_the_sockets);
    const served<server> tested;
    std::vector<client> clients = exercise::connect_clients(tested.port(), regulars);
    for (client& each : clients) {
        exercise::expect("each of the first 20 clients is answered");
        require_echo(each, "hello");
    }
    exercise::system_sends sends;
    sends.take_at_most(0);
    constexpr std::size_t waiting = 10;
    for (std::size_t i = 0; i < waiting; ++i)
        clients[i].send("hello");
    const std::vector<client> more = exercise::connect_clients(tested.port(), crowd - regulars);
    for (int i = 0; i < turns_for_all; ++i) {
        exercise::expect("the server tries again and again to send its answers to 10 clients, "
                         "which do not read, while 70 are connected");
        const unsigned next = sends.refused() + waiting;
        harness::wait_until([&] { return sends.refused() >= next; });
    }
    exercise::expect("the 10 clients read at last, and get their answers");
    sends.take_everything();
    for (std::size_t i = 0; i < waiting; ++i)
        require_answer(clients[i], "hello");
    require_all_served(clients, "while 70 clients are connected, of which 10 had not read for a "
                                "while");
}

TEST(full_set, FullServerRestsWhileNobodySends) {
    exercise::about(rest_when_full);
    const served<server> tested;
    std::vector<client> clients = exercise::connect_clients(tested.port(), crowd);
    for (int i = 0; i < turns_for_all; ++i) {
        exercise::expect("client 1 is answered while 70 clients are connected");
        require_echo(clients.front(), "hello");
    }
    exercise::expect_rest(
        "the server's thread rests inside its wait while 70 clients are connected "
        "and nobody sends anything");
}

// Returns when the visitor has its message back, or sees the end of its connection.
void require_answer_or_end(client& visitor, const std::string& message) {
    std::string answer;
    try {
        answer = visitor.receive_exactly(message.size());
    } catch (const std::system_error& error) {
        exercise::require(error.code().value() != WSAETIMEDOUT, "neither has come");
        return; // a reset
    } catch (const std::runtime_error&) {
        return; // the end
    }
    exercise::require(answer == message, "\"" + answer + "\"");
}

TEST(full_set, NobodyIsForgotten) {
    exercise::about(count_the_sockets);
    const served<server> tested;
    std::vector<client> clients = exercise::connect_clients(tested.port(), crowd);
    for (std::size_t i = 0; i < crowd; ++i) {
        exercise::expect("70 clients can send something");
        clients[i].send(std::to_string(i + 1));
    }
    for (std::size_t i = 0; i < crowd; ++i) {
        exercise::expect(name(i) + " of 70 is answered, or its connection ends, when all before "
                                   "it have been answered and have left");
        require_answer_or_end(clients[i], std::to_string(i + 1));
        clients[i].close();
    }
}

} // namespace
