#include "echo_loop.hpp"

#include "../connection.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace {

using exercise::connection;
using exercise::make_connection;
using second_word::echo_loop;

const exercise::rule know_the_operation{"0 bytes are the end only of a receive that asked for "
                                        "some; so look first which operation is done",
                                        "05_iocp/README.md", "Handling it"};
const exercise::rule lend_nothing{
    "a receive of no bytes lends no buffer; so many silent clients cost little memory",
    "05_iocp/README.md", "What this server leaves out"};

void require_echo(echo_loop& tested, harness::client& client, const std::string& message) {
    client.send(message);
    const std::string answer = exercise::next_bytes(tested, client);
    exercise::require(answer == message,
                      answer.empty() ? "the end of the connection" : "\"" + answer + "\"");
}

void require_end(echo_loop& tested, harness::client& client) {
    client.half_close();
    const std::string answer = exercise::next_bytes(tested, client);
    exercise::require(answer.empty(), "\"" + answer + "\"");
}

TEST(second_word, FirstMessageComesBack) {
    exercise::about(know_the_operation);
    echo_loop tested;
    exercise::expect("the first message of each client comes back");
    connection one = make_connection();
    connection two = make_connection();
    tested.serve(std::move(one.server));
    tested.serve(std::move(two.server));
    require_echo(tested, one.client, "hello");
    require_echo(tested, two.client, "hi");
}

TEST(second_word, SecondMessageComesBack) {
    exercise::about(know_the_operation);
    echo_loop tested;
    connection one = make_connection();
    tested.serve(std::move(one.server));
    exercise::expect("a client's first message comes back");
    require_echo(tested, one.client, "hello");
    exercise::expect("its second message comes back, too");
    require_echo(tested, one.client, "are you there?");
    for (int i = 1; i <= 20; ++i) {
        exercise::expect("each of its next 20 messages comes back");
        require_echo(tested, one.client, "message " + std::to_string(i));
    }
}

TEST(second_word, EndIsAnsweredByAnEnd) {
    exercise::about(know_the_operation);
    echo_loop tested;
    exercise::expect("a client that sends nothing, and ends its stream, sees the end");
    connection one = make_connection();
    tested.serve(std::move(one.server));
    require_end(tested, one.client);
    exercise::expect("a client that has been answered, and ends its stream, sees the end");
    connection two = make_connection();
    tested.serve(std::move(two.server));
    require_echo(tested, two.client, "hello");
    require_end(tested, two.client);
    exercise::expect("a client that has been answered twice, and ends its stream, sees the end");
    connection three = make_connection();
    tested.serve(std::move(three.server));
    require_echo(tested, three.client, "hello");
    require_echo(tested, three.client, "goodbye");
    require_end(tested, three.client);
}

TEST(second_word, SilentClientsHaveNoBuffer) {
    exercise::about(lend_nothing);
    echo_loop tested;
    constexpr std::size_t count = 40;
    std::vector<connection> silent(count);
    for (connection& each : silent)
        each = make_connection();
    const std::size_t before = harness::live_bytes();
    for (connection& each : silent) {
        exercise::expect("each of 40 clients is answered");
        tested.serve(std::move(each.server));
        require_echo(tested, each.client, "hello");
    }
    require_echo(tested, silent.front().client,
                 "again"); // by now the last answer's packet is taken
    exercise::expect("while they are silent, a client costs less than 2 KiB of memory");
    const std::size_t each = (harness::live_bytes() - before) / count;
    exercise::require(each < 2048, std::to_string(each) + " bytes for each client");
}

TEST(second_word, ClientsThatHaveBeenSilentAreAnswered) {
    exercise::about(know_the_operation);
    echo_loop tested;
    connection patient = make_connection();
    connection busy = make_connection();
    tested.serve(std::move(patient.server));
    tested.serve(std::move(busy.server));
    exercise::expect("a client's first message comes back");
    require_echo(tested, patient.client, "hello");
    for (int i = 0; i < 20; ++i) {
        exercise::expect("another client is answered 20 times meanwhile");
        require_echo(tested, busy.client, "me again");
    }
    exercise::expect("the first client is answered, and sees the end of its stream");
    require_echo(tested, patient.client, "now me");
    require_end(tested, patient.client);
    exercise::expect("the loop can be destroyed while a client is connected");
}

} // namespace
