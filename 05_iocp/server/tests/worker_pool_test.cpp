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

// An operation without I/O, which runs a function of the test's when it is completed.
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

// With a tick of an hour, only a wake-up can wake the threads.
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
    // Leaves a hundred operations in the list, and then blocks.
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

// Nothing is scheduled here: the thread itself must notice that it leaves operations behind. In
// most rounds the other thread sleeps.
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

// An operation is always ready again, and a packet in the port is still collected: by a look at the
// port, or by another thread that it wakes.
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

// The number of threads that wait at the port now, and the number of looks at it so far.
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

// Returns the number of looks at the port during a thousand operations of a busy thread, while the
// pool's other thread sleeps there.
unsigned looks_beside_a_sleeper(unsigned concurrency) {
    const std::array<trace::hook, 1> hooks{
        {{"GetQueuedCompletionStatusEx", L"kernel32.dll", reinterpret_cast<void*>(&counted_collect),
          &system_collect}}};
    const std::array<std::span<const trace::hook>, 1> groups{{hooks}};
    const trace::import_patch patch{groups};
    unsigned result = 0;
    int runs = 0; // changed by one thread only, since the other one sleeps
    occasion ended;
    running_pool two{2, std::chrono::hours{1}, [](iocp::clock::time_point) {}, concurrency};
    task busy{[&](task& self) {
        if (runs == 0) {
            harness::wait_until([] { return sleepers == 1; });
            looks = 0;
        }
        if (++runs < 1'000) {
            two.pool.done_at_once(self, 0);
            return;
        }
        result = looks;
        ended.happen();
    }};
    // Do not use schedule(), which may wake the other thread as well.
    EXPECT_TRUE(two.pool.port().post(&busy));
    EXPECT_TRUE(ended.wait());
    return result;
}

TEST(iocp_worker_pool, LooksAtThePortOnlyWhenNoPacketWakesAThread) {
    EXPECT_GE(looks_beside_a_sleeper(1), 1'000u / 16);
    EXPECT_EQ(looks_beside_a_sleeper(2), 0u);
}

//! [take-turns]
// Two operations are always ready on one thread: neither ever runs twice before the other.
TEST(iocp_worker_pool, ThoseThatAreAlwaysReadyTakeTurns) {
    running_pool one{1};
    occasion ended;
    int first_runs = 0; // both are changed by the one thread only
    int second_runs = 0;
    int worst = 0;
    const auto run = [&](task& self, int& mine) {
        ++mine;
        worst = std::max(worst, std::abs(first_runs - second_runs));
        if (mine == 1'000)
            ended.happen();
        if (mine < 1'000)
            one.pool.done_at_once(self, 0);
    };
    task second{[&](task& self) {
        run(self, second_runs);
    }};
    task first{[&](task& self) {
        if (first_runs == 0)
            one.pool.schedule(second);
        run(self, first_runs);
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

// One thread may collect many packets at once, with that of quit() among them.
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
