#include "pool.hpp"

#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "testing/latch.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace {

using harness::latch;
using starved::operation;
using starved::pool;

const exercise::rule look_at_the_port{
    "while the ready list is busy, a thread looks at the port every few operations; what it finds "
    "goes to the end of the list",
    "05_iocp/server/pool/README.md", "The packets that are still in the port"};

constexpr unsigned soon = 100;       // operations after which the other side has had its turn
constexpr unsigned enough = 100'000; // operations after which the check gives up

void post(const pool& to, operation& what) {
    exercise::require(::PostQueuedCompletionStatus(to.port(), 0, 0, &what) != FALSE,
                      "PostQueuedCompletionStatus failed");
}

// Where the pool and its operations may still run after a failure, nothing is destroyed.
template <class T>
T& kept(T* made) {
    return *made;
}

TEST(starved, EveryOperationIsCompletedOnce) {
    exercise::about(look_at_the_port);
    constexpr unsigned many = 200; // more than one call takes
    pool& tested = kept(new pool);
    latch& all = kept(new latch{2 * many});
    unsigned& from_port = kept(new unsigned{0});
    unsigned& from_list = kept(new unsigned{0});
    std::deque<operation>& operations = kept(new std::deque<operation>);
    exercise::expect(
        "200 packets are completed, and the 200 operations that are then done at once");
    for (unsigned i = 0; i < many; ++i) {
        operation& later = operations.emplace_back([&] {
            ++from_list;
            all.count_down();
        });
        post(tested, operations.emplace_back([&] {
            ++from_port;
            tested.done_at_once(later);
            all.count_down();
        }));
    }
    all.wait();
    exercise::require(from_port == many && from_list == many,
                      std::to_string(from_port) + " and " + std::to_string(from_list));
    exercise::expect("the pool ends");
    delete &tested;
}

TEST(starved, PacketHasItsTurnBesideABusyClient) {
    exercise::about(look_at_the_port);
    pool& tested = kept(new pool);
    latch& ended = kept(new latch{1});
    unsigned& completed = kept(new unsigned{0});
    bool& has_had_its_turn = kept(new bool{false});
    operation& packet = kept(new operation{[&] {
        has_had_its_turn = true;
    }});
    operation*& busy = kept(new operation*);
    busy = new operation{[&] {
        if (completed == 0)
            post(tested, packet); // the client's first operation is under way: it lies in the port
        if (has_had_its_turn || ++completed == enough)
            ended.count_down();
        else
            tested.done_at_once(*busy);
    }};
    exercise::expect("one client always has an operation that is done at once; the packet of "
                     "another has its turn after 100 of these at most");
    post(tested, *busy);
    ended.wait();
    exercise::require(has_had_its_turn, "after 100000 of them it still lies in the port");
    exercise::require(completed <= soon, "it comes after " + std::to_string(completed));
    exercise::expect("the pool ends");
    delete &tested;
}

TEST(starved, ListHasItsTurnBesideABusyPort) {
    exercise::about(look_at_the_port);
    pool& tested = kept(new pool);
    latch& ended = kept(new latch{1});
    unsigned& completed = kept(new unsigned{0});
    bool& has_had_its_turn = kept(new bool{false});
    operation& listed = kept(new operation{[&] {
        has_had_its_turn = true;
    }});
    operation*& busy = kept(new operation*);
    busy = new operation{[&] {
        if (completed == 0)
            tested.done_at_once(listed);
        if (has_had_its_turn || ++completed == 1000) // each is a call of the system
            ended.count_down();
        else
            post(tested, *busy);
    }};
    exercise::expect("there is always a packet in the port; an operation in the ready list has its "
                     "turn after 100 packets at most");
    post(tested, *busy);
    ended.wait();
    exercise::require(has_had_its_turn, "after 1000 packets it still stands in the list");
    exercise::require(completed <= soon, "it comes after " + std::to_string(completed));
    exercise::expect("the pool ends");
    delete &tested;
}

TEST(starved, BusyListCostsFewLooks) {
    exercise::about(look_at_the_port);
    constexpr unsigned many = 1000;
    constexpr unsigned few = many / 4;
    const exercise::counted_calls<decltype(::GetQueuedCompletionStatus)> single{
        "GetQueuedCompletionStatus", L"kernel32.dll"};
    const exercise::counted_calls<decltype(::GetQueuedCompletionStatusEx)> several{
        "GetQueuedCompletionStatusEx", L"kernel32.dll"};
    pool& tested = kept(new pool);
    latch& ended = kept(new latch{1});
    unsigned& completed = kept(new unsigned{0});
    unsigned& looks = kept(new unsigned{0});
    operation*& busy = kept(new operation*);
    busy = new operation{[&] {
        const unsigned so_far = single.begun() + several.begun();
        if (++completed == 1)
            looks = so_far;
        if (completed == many + 1) {
            looks = so_far - looks;
            ended.count_down();
        } else {
            tested.done_at_once(*busy);
        }
    }};
    exercise::expect("1000 operations that are done at once cost 250 looks at the port at most");
    post(tested, *busy);
    ended.wait();
    exercise::require(looks <= few, std::to_string(looks) + " looks");
    exercise::expect("the pool ends");
    delete &tested;
}

} // namespace
