#include "echo_loop.hpp"

#include "../connection.hpp"
#include "../operations_in_flight.hpp"
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
using exercise::operations_in_flight;
using kicked::echo_loop;

const exercise::rule the_memory_is_lent{"from the call that starts an operation until its packet "
                                        "is taken, its OVERLAPPED and its buffer are Windows' own",
                                        "05_iocp/README.md", "Starting an operation"};
const exercise::rule a_cancel_only_asks{"a cancel only asks, and finds nothing when the operation "
                                        "is done; every operation comes back as a packet",
                                        "05_iocp/README.md", "Stopping"};

void require_echo(echo_loop& tested, harness::client& client, const std::string& message) {
    client.send(message);
    const std::string answer = exercise::next_bytes(tested, client);
    exercise::require(answer == message,
                      answer.empty() ? "the end of the connection" : "\"" + answer + "\"");
}

void handle_until_clients(echo_loop& tested, std::size_t count) {
    while (tested.clients() != count)
        tested.handle_next();
}

// Memory that is freed too soon is gone at once, also that of a block that is no more than an
// OVERLAPPED.
[[maybe_unused]] const bool guarded = [] {
    harness::unmap_freed_blocks(sizeof(OVERLAPPED));
    return true;
}();

TEST(kicked, BytesComeBack) {
    exercise::about(the_memory_is_lent);
    const operations_in_flight operations;
    echo_loop& tested = *new echo_loop; // how it is destroyed is for a later test
    connection one = make_connection();
    connection two = make_connection();
    exercise::expect("the loop sends back what its clients send");
    tested.serve(std::move(one.server));
    tested.serve(std::move(two.server));
    require_echo(tested, one.client, "hello");
    require_echo(tested, two.client, "hi");
    require_echo(tested, one.client, "goodbye");
    exercise::expect("a client that leaves is forgotten");
    one.client.close();
    handle_until_clients(tested, 1);
}

TEST(kicked, OthersAreServedAfterAKick) {
    exercise::about(the_memory_is_lent);
    const operations_in_flight operations;
    echo_loop& tested = *new echo_loop;
    connection bad = make_connection();
    connection good = make_connection();
    exercise::expect("the loop sends back what its clients send");
    const unsigned number = tested.serve(std::move(bad.server));
    tested.serve(std::move(good.server));
    require_echo(tested, bad.client, "hello");
    require_echo(tested, good.client, "hello");
    tested.kick(number);
    for (int i = 0; i < 20; ++i) {
        exercise::expect("a client is kicked, and the other one has its words back, 20 times");
        require_echo(tested, good.client, "still here");
    }
    exercise::expect("the kicked client sees the end of its connection, and is forgotten");
    handle_until_clients(tested, 1);
    bad.client.wait_until_closed();
}

TEST(kicked, ManyAreKicked) {
    exercise::about(the_memory_is_lent);
    const operations_in_flight operations;
    echo_loop& tested = *new echo_loop;
    std::vector<connection> silent(20);
    std::vector<unsigned> numbers;
    for (connection& each : silent) {
        exercise::expect("20 clients can connect");
        each = make_connection();
        numbers.push_back(tested.serve(std::move(each.server)));
    }
    exercise::expect("20 silent clients are kicked, and see the end of their connections");
    for (const unsigned each : numbers)
        tested.kick(each);
    for (const unsigned each : numbers)
        tested.kick(each); // a second time
    handle_until_clients(tested, 0);
    for (connection& each : silent)
        each.client.wait_until_closed();
    exercise::expect("the next client has its words back");
    connection next = make_connection();
    tested.serve(std::move(next.server));
    require_echo(tested, next.client, "hello");
}

TEST(kicked, KickComesWhenTheReceiveIsDone) {
    exercise::about(a_cancel_only_asks);
    const operations_in_flight operations;
    echo_loop& tested = *new echo_loop;
    connection busy = make_connection();
    exercise::expect("the packet of a receive waits in the queue");
    const unsigned number = tested.serve(std::move(busy.server));
    busy.client.send("hello");
    operations.wait_until_packet_is_queued();
    exercise::expect("its client is kicked now, and sees the end of its connection");
    tested.kick(number);
    handle_until_clients(tested, 0);
    busy.client.wait_until_closed();
}

TEST(kicked, DestructorCollectsEveryOperation) {
    exercise::about(a_cancel_only_asks);
    const operations_in_flight operations;
    connection silent = make_connection();
    connection answered = make_connection();
    connection bad = make_connection();
    {
        echo_loop tested;
        exercise::expect("the loop sends back what its clients send");
        tested.serve(std::move(silent.server));
        tested.serve(std::move(answered.server));
        const unsigned number = tested.serve(std::move(bad.server));
        require_echo(tested, answered.client, "hello");
        exercise::expect("the loop can be destroyed while clients are connected");
        tested.kick(number);
    }
    exercise::expect("every operation has been collected by then");
    exercise::require(operations.count() == 0,
                      "of " + std::to_string(operations.count()) +
                          " operations the packet has not been taken, and their memory is gone");
    exercise::expect("the clients see the end of their connections");
    silent.client.wait_until_closed();
    answered.client.wait_until_closed();
    bad.client.wait_until_closed();
}

// Nobody else's packet is waited for: only the one that is due for the kicked client.
TEST(kicked, DestructorCollectsTheKickedAsWell) {
    exercise::about(a_cancel_only_asks);
    const operations_in_flight operations;
    connection bad = make_connection();
    {
        echo_loop tested;
        exercise::expect("the loop can be destroyed when its only client has been kicked");
        tested.kick(tested.serve(std::move(bad.server)));
    }
    exercise::expect("the operation of the kicked client has been collected by then");
    exercise::require(operations.count() == 0,
                      "its packet has not been taken, and its memory is gone");
    exercise::expect("the kicked client sees the end of its connection");
    bad.client.wait_until_closed();
}

} // namespace
