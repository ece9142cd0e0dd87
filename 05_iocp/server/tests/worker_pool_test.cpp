#include "server/pool/worker_pool.hpp"

#include "scripted_server.hpp"

#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

using iocp_test::occasion;
using std::chrono::milliseconds;

// An operation without I/O: what it does when it is completed is the test's.
struct task : iocp::operation {
    explicit task(std::function<void(task&)> what) : operation{run}, body{std::move(what)} {}
    static void run(iocp::operation& self, DWORD) noexcept {
        task& mine = static_cast<task&>(self);
        mine.body(mine);
    }
    const std::function<void(task&)> body;
};

struct running_pool {
    explicit running_pool(
        unsigned threads, milliseconds tick = std::chrono::hours{1},
        std::function<void(iocp::clock::time_point)> on_tick = [](iocp::clock::time_point) {},
        unsigned concurrency = 0)
        : pool{threads, concurrency, tick, std::move(on_tick), figures} {
        pool.start();
    }
    ~running_pool() {
        const harness::watchdog limit{"the pool's end"};
        pool.quit();
        pool.join();
    }
    running_pool(const running_pool&) = delete;
    running_pool& operator=(const running_pool&) = delete;

    iocp::pool_counters figures;
    iocp::worker_pool pool;
};

// With a tick of an hour nothing but a wake-up can wake the threads.
TEST(iocp_worker_pool, ScheduledFromOutsideWakesASleepingThread) {
    running_pool two{2};
    for (int i = 0; i < 2'000; ++i) {
        occasion done;
        task one{[&](task&) {
            done.happen();
        }};
        two.pool.schedule(one);
        ASSERT_TRUE(done.wait()) << "after " << i;
    }
}

TEST(iocp_worker_pool, BlockedThreadHoldsUpNothingWhileAnotherIsFree) {
    running_pool two{2};
    occasion go_on;
    occasion blocked;
    std::atomic<int> count{0};
    occasion all_done;
    std::vector<std::unique_ptr<task>> others;
    for (int i = 0; i < 100; ++i)
        others.push_back(std::make_unique<task>([&](task&) {
            if (++count == 100)
                all_done.happen();
        }));
    // It leaves a hundred operations in the list, and then goes away for long.
    task blocker{[&](task&) {
        for (const auto& each : others)
            two.pool.schedule(*each);
        blocked.happen();
        EXPECT_TRUE(go_on.wait());
    }};
    two.pool.schedule(blocker);
    ASSERT_TRUE(blocked.wait());
    EXPECT_TRUE(all_done.wait());
    go_on.happen();
}

// Here nobody calls schedule(): the thread itself must see that it leaves something behind. In most
// of the rounds the other thread sleeps.
TEST(iocp_worker_pool, ThreadThatLeavesWorkBehindWakesAnother) {
    running_pool two{2};
    for (int round = 0; round < 100; ++round) {
        occasion second_done;
        occasion first_done;
        task second{[&](task&) {
            second_done.happen();
        }};
        task first{[&](task&) {
            EXPECT_TRUE(second_done.wait());
            first_done.happen();
        }};
        task begin{[&](task&) {
            two.pool.done_at_once(first, 0);
            two.pool.done_at_once(second, 0);
        }};
        ASSERT_TRUE(two.pool.port().post(&begin));
        ASSERT_TRUE(first_done.wait());
        ASSERT_FALSE(HasFailure()) << "round " << round;
    }
}

// An operation that is always ready again, and a packet in the port, which has its turn all the
// same: by a thread's look at the port, or because it wakes another thread.
struct pool_size {
    unsigned threads;
    unsigned concurrency;
};

using iocp_worker_pool_of = ::testing::TestWithParam<pool_size>;

TEST_P(iocp_worker_pool_of, WhatIsAlwaysReadyDoesNotStarveThePort) {
    std::atomic<bool> enough{false};
    std::atomic<int> packets{0};
    occasion ended;
    task packet{[&](task&) {
        ++packets;
    }};
    running_pool some{GetParam().threads, std::chrono::hours{1}, [](iocp::clock::time_point) {},
                      GetParam().concurrency};
    task busy{[&](task& self) {
        if (enough)
            ended.happen();
        else
            some.pool.done_at_once(self, 0);
    }};
    some.pool.schedule(busy);
    for (int i = 0; i < 100 && packets == i; ++i) {
        EXPECT_TRUE(some.pool.port().post(&packet));
        harness::wait_until([&] { return packets == i + 1; });
    }
    EXPECT_EQ(packets, 100);
    enough = true;
    EXPECT_TRUE(ended.wait());
}

INSTANTIATE_TEST_SUITE_P(sizes, iocp_worker_pool_of,
                         ::testing::Values(pool_size{1, 1}, pool_size{1, 2}, pool_size{2, 1},
                                           pool_size{2, 2}, pool_size{4, 2}),
                         [](const auto& size) {
                             return std::to_string(size.param.threads) + "_threads_" +
                                    std::to_string(size.param.concurrency) + "_at_once";
                         });

// Who waits at the port now, and how often somebody has only looked.
std::atomic<void*> system_collect{nullptr};
std::atomic<int> sleepers{0};
std::atomic<unsigned> looks{0};

BOOL WINAPI counted_collect(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, PULONG count,
                            DWORD timeout, BOOL alertable) {
    const bool sleeps = timeout != 0;
    looks += sleeps ? 0 : 1;
    sleepers += sleeps ? 1 : 0;
    const BOOL result = reinterpret_cast<decltype(&::GetQueuedCompletionStatusEx)>(
        system_collect.load())(port, entries, room, count, timeout, alertable);
    sleepers -= sleeps ? 1 : 0;
    return result;
}

// How often a thread that always has something ready looks at the port in a thousand turns, while
// the pool's other thread sleeps there.
unsigned looks_beside_a_sleeper(unsigned concurrency) {
    const std::array<trace::hook, 1> hooks{
        {{"GetQueuedCompletionStatusEx", L"kernel32.dll", reinterpret_cast<void*>(&counted_collect),
          &system_collect}}};
    const std::array<std::span<const trace::hook>, 1> groups{{hooks}};
    const trace::import_patch patch{groups};
    unsigned result = 0;
    int turns = 0; // all on the one thread: the other one sleeps
    occasion ended;
    running_pool two{2, std::chrono::hours{1}, [](iocp::clock::time_point) {}, concurrency};
    task busy{[&](task& self) {
        if (turns == 0) {
            harness::wait_until([] { return sleepers == 1; });
            looks = 0;
        }
        if (++turns < 1'000) {
            two.pool.done_at_once(self, 0);
            return;
        }
        result = looks;
        ended.happen();
    }};
    // Not by schedule(): it may wake the other thread as well.
    EXPECT_TRUE(two.pool.port().post(&busy));
    EXPECT_TRUE(ended.wait());
    return result;
}

TEST(iocp_worker_pool, LooksAtThePortOnlyWhenNoPacketWakesAThread) {
    EXPECT_GE(looks_beside_a_sleeper(1), 1'000u / 16);
    EXPECT_EQ(looks_beside_a_sleeper(2), 0u);
}

//! [take-turns]
// Two that are always ready, on one thread: neither is ever ahead by more than a turn.
TEST(iocp_worker_pool, ThoseThatAreAlwaysReadyTakeTurns) {
    running_pool one{1};
    occasion ended;
    int first_turns = 0; // all on the one thread
    int second_turns = 0;
    int worst = 0;
    const auto turn = [&](task& self, int& mine) {
        ++mine;
        worst = std::max(worst, std::abs(first_turns - second_turns));
        if (mine == 1'000)
            ended.happen();
        if (mine < 1'000)
            one.pool.done_at_once(self, 0);
    };
    task second{[&](task& self) {
        turn(self, second_turns);
    }};
    task first{[&](task& self) {
        if (first_turns == 0)
            one.pool.schedule(second);
        turn(self, first_turns);
    }};
    one.pool.schedule(first);
    EXPECT_TRUE(ended.wait());
    one.pool.quit();
    one.pool.join();
    EXPECT_LE(worst, 1);
}
//! [take-turns]

TEST(iocp_worker_pool, TickComesAgainAndAgain) {
    std::atomic<int> ticks{0};
    occasion three;
    running_pool two{2, milliseconds{10}, [&](iocp::clock::time_point) {
                         if (++ticks == 3)
                             three.happen();
                     }};
    EXPECT_TRUE(three.wait());
    two.pool.quit();
    two.pool.join();
}

// Also when one thread collects many packets at once, and that of quit() among them.
TEST(iocp_worker_pool, QuitEndsSleepingThreadsAndBusyOnes) {
    for (int round = 0; round < 100; ++round) {
        std::vector<std::unique_ptr<task>> tasks;
        std::atomic<int> left{20};
        occasion done;
        for (int i = 0; i < 20; ++i)
            tasks.push_back(std::make_unique<task>([&](task&) {
                if (--left == 0)
                    done.happen();
            }));
        running_pool four{4};
        for (const auto& each : tasks)
            ASSERT_TRUE(four.pool.port().post(each.get()));
        ASSERT_TRUE(done.wait());
    }
}

TEST(iocp_worker_pool, QuitTwiceAndFromInsideEndsTheThreads) {
    running_pool four{4};
    task quits{[&](task&) {
        four.pool.quit();
    }};
    four.pool.schedule(quits);
    const harness::watchdog limit{"join()"};
    four.pool.join();
    four.pool.quit();
}

} // namespace
