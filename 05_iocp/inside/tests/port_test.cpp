// The parts of our port one by one, and what only ours can be asked.
#include "inside/port.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/latch.hpp"
#include "testing/machine/deadline.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <new>
#include <optional>
#include <set>
#include <thread>
#include <vector>

using harness::deadline;
using inside::outcome;
using inside::packet;

// ---- Step 1

TEST(inside_packet_queue, GivesThePacketsInTheirOrderAsManyAsFit) {
    inside::packet_queue queue;
    std::array<packet, 3> taken;
    EXPECT_EQ(queue.take(taken), 0u);
    for (std::uintptr_t key = 1; key <= 4; ++key)
        queue.add({key, nullptr, 0});
    EXPECT_EQ(queue.take(taken), 3u);
    EXPECT_EQ(taken[0].key, 1u);
    EXPECT_EQ(taken[2].key, 3u);
    EXPECT_EQ(queue.take(taken), 1u);
    EXPECT_EQ(taken[0].key, 4u);
    EXPECT_EQ(queue.take({}), 0u);
}

// ---- Step 2

TEST(inside_place, SleepsUntilItIsGivenAPacket) {
    inside::place place;
    std::jthread other{[&] {
        place.give({7, nullptr, 0});
        place.wake();
    }};
    EXPECT_EQ(place.sleep(deadline), outcome::taken);
    EXPECT_EQ(place.given().key, 7u);
}

TEST(inside_place, DoesNotSleepWhenItHasBeenGivenSomething) {
    inside::place place;
    EXPECT_EQ(place.sleep(0), outcome::nothing);
    EXPECT_EQ(place.sleep(1), outcome::nothing);
    place.give({7, nullptr, 0}); // and nobody wakes anybody
    EXPECT_EQ(place.sleep(INFINITE), outcome::taken);
}

TEST(inside_place, EndsTheSleepWhenItIsClosed) {
    inside::place place;
    std::jthread other{[&] {
        place.close();
        place.wake();
    }};
    EXPECT_EQ(place.sleep(INFINITE), outcome::closed);
}

TEST(inside_place, WakingWithoutAReasonEndsNoSleep) {
    inside::place place;
    harness::latch begun{1};
    std::jthread other{[&] {
        begun.wait();
        for (int i = 0; i < 1000; ++i)
            place.wake();
        place.give({7, nullptr, 0});
        place.wake();
    }};
    begun.count_down();
    EXPECT_EQ(place.sleep(INFINITE), outcome::taken);
}

// ---- Step 3

TEST(inside_port, FirstInFirstOutGivesEveryThreadItsTurn) {
    constexpr int threads = 4;
    inside::port port{threads, inside::release::first_in_first_out};
    std::set<DWORD> by;
    harness::latch everyone{threads + 1};
    std::vector<std::jthread> pool;
    std::atomic<DWORD> handled_by = 0;
    for (int i = 0; i < threads; ++i)
        pool.emplace_back([&] {
            everyone.arrive_and_wait();
            packet taken;
            while (port.get(taken) == outcome::taken) {
                handled_by = ::GetCurrentThreadId();
                ::WakeByAddressSingle(&handled_by);
            }
            port.leave();
        });
    everyone.arrive_and_wait();
    // The one that has just handled a packet stands behind all the others that wait.
    const ULONGLONG end = ::GetTickCount64() + deadline;
    while (by.size() != threads && ::GetTickCount64() < end) {
        handled_by = 0;
        EXPECT_TRUE(port.post({1, nullptr, 0}));
        DWORD nobody = 0;
        while (handled_by == nobody && ::GetTickCount64() < end)
            ::WaitOnAddress(&handled_by, &nobody, sizeof nobody, 100);
        if (handled_by == nobody)
            break; // at the deadline: the packet has reached no thread
        by.insert(handled_by);
    }
    EXPECT_EQ(by.size(), static_cast<std::size_t>(threads));
    port.close();
}

TEST(inside_port, ThreadThatHasSleptTakesAllThatAreThere) {
    for (int round = 0; round < 20; ++round) { // in most of them it sleeps by then
        inside::port port{1};
        harness::latch begun{1};
        packet first;
        ASSERT_TRUE(port.post({100, nullptr, 0}));
        ASSERT_EQ(port.get(first, 0), outcome::taken); // from here on no other thread may run
        std::jthread other{[&] {
            std::array<packet, 5> taken;
            std::size_t count = 0;
            begun.count_down();
            EXPECT_EQ(port.get_many(taken, count, deadline), outcome::taken);
            ASSERT_EQ(count, 4u);
            for (std::size_t i = 0; i < count; ++i)
                EXPECT_EQ(taken[i].key, i);
            port.leave();
        }};
        begun.wait();
        for (std::uintptr_t key = 0; key < 4; ++key)
            EXPECT_TRUE(port.post({key, nullptr, 0}));
        port.leave();
    }
}

TEST(inside_port, WithoutALimitEveryThreadMayRun) {
    inside::port port{std::numeric_limits<unsigned>::max()};
    harness::latch all_run{4};
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(port.post({1, nullptr, 0}));
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            packet taken;
            EXPECT_EQ(port.get(taken, deadline), outcome::taken);
            all_run.arrive_and_wait(); // no one ends before all run
            port.leave();
        });
}

TEST(inside_port, ClosedPortTakesAndGivesNothing) {
    inside::port port{1};
    ASSERT_TRUE(port.post({1, nullptr, 0}));
    port.close();
    EXPECT_FALSE(port.post({2, nullptr, 0}));
    packet taken;
    EXPECT_EQ(port.get(taken, INFINITE), outcome::closed);
    port.close();
}

class inside_port_without_memory : public harness::allocation_failures {};

TEST_F(inside_port_without_memory, PostThatFailsQueuesNothing) {
    inside::port port{1};
    std::uintptr_t posted = 0;
    {
        const harness::failing_allocation failure{1};
        std::jthread{[&] {
            try {
                for (; posted < 1000; ++posted)
                    port.post({posted + 1, nullptr, 0});
            } catch (const std::bad_alloc&) {
                port.post({++posted, nullptr, 0}); // as if nothing had happened
            }
        }}.join();
        EXPECT_TRUE(failure.has_happened());
    }
    packet taken;
    for (std::uintptr_t key = 1; key <= posted; ++key) {
        ASSERT_EQ(port.get(taken, 0), outcome::taken);
        EXPECT_EQ(taken.key, key);
    }
    EXPECT_EQ(port.get(taken, 0), outcome::nothing);
}

TEST_F(inside_port_without_memory, WaitThatFailsLosesNoPacketAndCountsNoThread) {
    // In this order the list of places moves on with each wait, and so needs memory now and then.
    inside::port port{1, inside::release::first_in_first_out};
    const win32::unique_handle handled{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    const harness::failing_allocation failure{1, 3};
    std::jthread other{[&] {
        for (outcome how = outcome::taken; how != outcome::closed;)
            try {
                packet taken;
                how = port.get(taken);
                ::SetEvent(handled.get());
            } catch (const std::bad_alloc&) {
                continue; // and waits again
            }
    }};
    // A thread that finds the next packet does not wait: so this goes on until a wait has failed.
    const ULONGLONG end = ::GetTickCount64() + deadline;
    for (int after = 0; after < 200 && ::GetTickCount64() < end && !HasFailure();) {
        after += failure.has_happened() ? 1 : 0;
        EXPECT_TRUE(port.post({1, nullptr, 0}));
        EXPECT_EQ(::WaitForSingleObject(handled.get(), deadline), WAIT_OBJECT_0);
    }
    EXPECT_TRUE(failure.has_happened());
    port.close();
}

TEST(inside_port, MayEndWhileItsLastThreadStillCounts) {
    packet taken;
    std::optional<inside::port> port{std::in_place, 1u};
    ASSERT_TRUE(port->post({1, nullptr, 0}));
    ASSERT_EQ(port->get(taken, 0), outcome::taken);
    port.emplace(1u); // at the same address: this thread must not count as running there
    ASSERT_TRUE(port->post({2, nullptr, 0}));
    EXPECT_EQ(port->get(taken, 0), outcome::taken);
}

// ---- Step 4

TEST(inside_blocking_section, DoesNothingForAThreadWithoutAPacket) {
    const inside::blocking_section section;
    const inside::blocking_section inner;
}

TEST(inside_blocking_section, CountsOnceWithinAnother) {
    inside::port port{1};
    for (std::uintptr_t key = 1; key <= 3; ++key)
        ASSERT_TRUE(port.post({key, nullptr, 0}));
    packet taken;
    ASSERT_EQ(port.get(taken, 0), outcome::taken);
    {
        const inside::blocking_section section;
        const inside::blocking_section inner;
        std::jthread{[&] {
            packet second;
            EXPECT_EQ(port.get(second, 0), outcome::taken);
            packet third;
            EXPECT_EQ(port.get(third, 0), outcome::taken) << "one may run, though not two";
            port.leave();
        }}.join();
    }
    // The thread runs again, and no other may.
    ASSERT_TRUE(port.post({4, nullptr, 0}));
    std::jthread{[&] {
        packet fourth;
        EXPECT_EQ(port.get(fourth, 0), outcome::nothing);
    }}.join();
    EXPECT_EQ(port.get(taken, 0), outcome::taken);
}

TEST(inside_blocking_section, CountsOnceWhenAPacketIsTakenWithin) {
    inside::port port{2};
    for (std::uintptr_t key = 1; key <= 3; ++key)
        ASSERT_TRUE(port.post({key, nullptr, 0}));
    packet taken;
    ASSERT_EQ(port.get(taken, 0), outcome::taken);
    {
        const inside::blocking_section section;
        ASSERT_EQ(port.get(taken, 0), outcome::taken); // so it runs before the section ends
    }
    std::jthread{[&] {
        packet third;
        EXPECT_EQ(port.get(third, 0), outcome::taken) << "one thread runs, and two may";
        port.leave();
    }}.join();
}

TEST(inside_blocking_section, HandsTheNextPacketToAThreadThatWaits) {
    inside::port port{1};
    harness::latch handled{1};
    ASSERT_TRUE(port.post({1, nullptr, 0}));
    packet taken;
    ASSERT_EQ(port.get(taken, 0), outcome::taken);
    ASSERT_TRUE(port.post({2, nullptr, 0}));
    std::jthread other{[&] {
        packet second;
        EXPECT_EQ(port.get(second, deadline), outcome::taken);
        EXPECT_EQ(second.key, 2u);
        port.leave();
        handled.count_down();
    }};
    //! [section]
    const inside::blocking_section section; // from here to the end of its scope
    handled.wait();                         // another thread may take packets meanwhile
    //! [section]
}
