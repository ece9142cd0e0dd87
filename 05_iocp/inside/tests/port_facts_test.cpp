// Facts about completion ports that hold for Windows' own and for ours: one suite, two types.
#include "inside/port.hpp"
#include "inside/system_port.hpp"
#include "testing/facts.hpp"
#include "testing/latch.hpp"
#include "testing/machine/deadline.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using harness::deadline;
using inside::outcome;
using inside::packet;

template <class Port>
class inside_port_facts : public harness::facts {};

namespace {

// Starts a thread that takes packets. Our port has to be told when it ends.
template <class Port>
std::jthread worker(Port& port, std::function<void()> work) {
    return std::jthread{[&port, work = std::move(work)] {
        work();
        port.leave();
    }};
}

// Takes a packet, and returns its key; 0 if there was none.
template <class Port>
std::uintptr_t take(Port& port, DWORD milliseconds = deadline) {
    packet taken;
    return port.get(taken, milliseconds) == outcome::taken ? taken.key : 0;
}

// What a thread does before it blocks: ours has to be told, and Windows sees it.
struct nothing_to_tell {
    nothing_to_tell() noexcept {} // else a compiler would say that its objects are not used
};
template <class Port>
using before_blocking = std::conditional_t<std::is_same_v<Port, inside::port>,
                                           inside::blocking_section, nothing_to_tell>;

// Waits without blocking: so the thread goes on to run. False after the deadline.
bool spin_until(const std::atomic<bool>& condition) {
    const ULONGLONG end = ::GetTickCount64() + deadline;
    while (!condition && ::GetTickCount64() < end)
        continue;
    return condition;
}

// Starts and joins `times` threads that do nothing: by then the other threads have had their turn
// on the processor as well, as a rule.
void give_way(int times) {
    for (int i = 0; i < times; ++i)
        std::thread{[] {
        }}.join();
}

// Says, after a wait that ended with the port, whether it had begun before. To ours a thread may
// come late; at Windows' port it would name a handle that is closed.
template <class Port>
bool had_begun() {
    return std::is_same_v<Port, inside::port> || ::GetLastError() != ERROR_INVALID_HANDLE;
}

struct port_names {
    template <class Port>
    static std::string GetName(int) {
        return std::is_same_v<Port, inside::port> ? "ours" : "windows";
    }
};

} // namespace

using ports = ::testing::Types<inside::system_port, inside::port>;
TYPED_TEST_SUITE(inside_port_facts, ports, port_names);

// ---- Packets

TYPED_TEST(inside_port_facts, PacketComesOutAsItWentIn) {
    TypeParam port{1};
    int anything = 0;
    ASSERT_TRUE(port.post({~std::uintptr_t{0}, &anything, 0xFFFF'FFFF}));
    packet taken;
    ASSERT_EQ(port.get(taken, deadline), outcome::taken);
    EXPECT_EQ(taken.key, ~std::uintptr_t{0});
    EXPECT_EQ(taken.operation, &anything);
    EXPECT_EQ(taken.bytes, 0xFFFF'FFFFu);

    ASSERT_TRUE(port.post({}));
    EXPECT_EQ(port.get(taken, deadline), outcome::taken) << "nothing but zeros is a packet, too";
    EXPECT_EQ(taken.operation, nullptr);
}

TYPED_TEST(inside_port_facts, PacketsQueueFirstInFirstOut) {
    TypeParam port{1};
    for (std::uintptr_t key = 1; key <= 100; ++key)
        ASSERT_TRUE(port.post({key}));
    for (std::uintptr_t key = 1; key <= 100; ++key)
        ASSERT_EQ(take(port), key);
}

TYPED_TEST(inside_port_facts, WaitEndsWhenTheTimeIsUp) {
    TypeParam port{1};
    packet taken;
    EXPECT_EQ(port.get(taken, 0), outcome::nothing);
    EXPECT_EQ(port.get(taken, 1), outcome::nothing);
    ASSERT_TRUE(port.post({7}));
    EXPECT_EQ(take(port), 7u) << "the waits before have left nothing behind";
}

TYPED_TEST(inside_port_facts, ManyPacketsAreTakenInOneCall) {
    TypeParam port{1};
    for (std::uintptr_t key = 1; key <= 5; ++key)
        ASSERT_TRUE(port.post({key}));
    std::array<packet, 4> taken;
    std::size_t count = 0;
    ASSERT_EQ(port.get_many(taken, count, deadline), outcome::taken);
    ASSERT_EQ(count, 4u); // all that there was room for
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(taken[i].key, i + 1);
    ASSERT_EQ(port.get_many(taken, count, deadline), outcome::taken);
    ASSERT_EQ(count, 1u); // all that there were: it waits for the first one only
    EXPECT_EQ(taken[0].key, 5u);
}

TYPED_TEST(inside_port_facts, EachPacketGoesToExactlyOneThread) {
    constexpr std::uintptr_t work = 1;
    constexpr std::uintptr_t stop = 2;
    TypeParam port{4};
    std::array<std::atomic<int>, 1000> times_taken{};
    harness::latch all_taken{static_cast<std::ptrdiff_t>(times_taken.size())};
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.push_back(worker(port, [&] {
            packet taken;
            while (port.get(taken, deadline) == outcome::taken && taken.key == work) {
                ++times_taken[taken.bytes];
                all_taken.count_down();
            }
        }));
    for (std::uint32_t number = 0; number < times_taken.size(); ++number)
        EXPECT_TRUE(port.post({work, nullptr, number}));
    all_taken.wait();
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(port.post({stop}));
    pool.clear(); // joins
    EXPECT_TRUE(std::ranges::all_of(times_taken, [](const auto& times) { return times == 1; }));
}

TYPED_TEST(inside_port_facts, PacketThatComesWithTheTimeoutIsNotLost) {
    constexpr int packets = 500;
    TypeParam port{4};
    std::atomic<int> left = packets;
    std::atomic<bool> done = false;
    // One thread waits, for a millisecond at a time, and packets come about as often: sooner or
    // later one comes just when the time is up. The others never wait. They are in the way of the
    // first one when it looks whether it has been given anything.
    std::vector<std::jthread> pool;
    for (DWORD i = 0; i < 3; ++i)
        pool.push_back(worker(port, [&, i] {
            while (!done)
                if (take(port, i == 0 ? 1 : 0) != 0 && --left == 0)
                    done = true;
        }));
    for (int i = 0; i < packets; ++i) {
        EXPECT_TRUE(port.post({1}));
        const auto next =
            std::chrono::steady_clock::now() + std::chrono::microseconds{900 + i % 256};
        while (std::chrono::steady_clock::now() < next)
            continue;
    }
    harness::wait_until([&] { return done.load(); });
    EXPECT_EQ(left, 0) << "packets are lost";
    done = true;
}

// ---- The limit

TYPED_TEST(inside_port_facts, LimitHoldsForTheThreadsThatRun) {
    constexpr std::uintptr_t work = 1;
    constexpr std::uintptr_t stop = 2;
    TypeParam port{1};
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::atomic<int> spun = 0;
    std::atomic<int> handled = 0;
    const auto handle_one = [&] {
        const int now = ++running;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now))
            continue;
        for (int turn = 0; turn < 100'000; ++turn)
            ++spun; // pure computing: a thread that blocks is not counted as running
        --running;
    };
    handle_one(); // its code is in memory now
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.push_back(worker(port, [&] {
            while (take(port) == work) {
                handle_one();
                ++handled;
            }
        }));
    // Bursts, to threads that sleep again by then, as a rule.
    for (int burst = 1; burst <= 16; ++burst) {
        for (int i = 0; i < 4; ++i)
            EXPECT_TRUE(port.post({work}));
        harness::wait_until([&] { return handled == burst * 4; });
    }
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(port.post({stop}));
    pool.clear();
    EXPECT_EQ(handled, 64);
    // Not 1: to Windows a thread that waits for a page of memory does not run, so it lets another
    // one go; and when the page has come, for a moment both run.
    EXPECT_LE(most, 2);
}

TYPED_TEST(inside_port_facts, AtTheLimitAPacketStaysInTheQueue) {
    TypeParam port{1};
    std::atomic<bool> runs = false;
    std::atomic<bool> may_end = false;
    ASSERT_TRUE(port.post({1}));
    ASSERT_TRUE(port.post({2}));
    std::jthread first = worker(port, [&] {
        EXPECT_EQ(take(port), 1u);
        runs = true;
        EXPECT_TRUE(spin_until(may_end));
    });
    EXPECT_TRUE(spin_until(runs));
    EXPECT_EQ(take(port, 0), 0u) << "the packet is there, but no second thread may run";
    may_end = true;
    first.join();
    EXPECT_EQ(take(port), 2u);
}

TYPED_TEST(inside_port_facts, ThreadThatEndsRunsNoMore) {
    TypeParam port{1};
    ASSERT_TRUE(port.post({1}));
    ASSERT_TRUE(port.post({2}));
    worker(port, [&] { EXPECT_EQ(take(port), 1u); }).join();
    EXPECT_EQ(take(port), 2u);
}

TYPED_TEST(inside_port_facts, ThreadAtAnotherPortRunsNoMore) {
    TypeParam port{1};
    TypeParam other{1};
    harness::latch gone{1};
    ASSERT_TRUE(port.post({1}));
    ASSERT_TRUE(port.post({2}));
    std::jthread first = worker(other, [&] {
        EXPECT_EQ(take(port), 1u);
        gone.count_down();
        EXPECT_EQ(take(other), 3u); // now it belongs to that one
    });
    gone.wait();
    EXPECT_EQ(take(port), 2u);
    EXPECT_TRUE(other.post({3}));
}

TYPED_TEST(inside_port_facts, ThreadThatBlocksLetsAnotherRun) {
    // One thread at a time; but the handler of packet 1 waits for that of packet 2.
    TypeParam port{1};
    harness::latch second_ran{1};
    const auto handle_one = [&] {
        const std::uintptr_t key = take(port);
        if (key == 1) {
            const before_blocking<TypeParam> tell;
            second_ran.wait();
        } else if (key == 2) {
            second_ran.count_down();
        }
    };
    std::jthread one = worker(port, handle_one);
    std::jthread other = worker(port, handle_one);
    EXPECT_TRUE(port.post({1}));
    EXPECT_TRUE(port.post({2}));
}

TYPED_TEST(inside_port_facts, ThreadThatGoesOnMayBeOneMoreThanTheLimit) {
    TypeParam port{1};
    harness::latch first_taken{1};
    harness::latch second_taken{1};
    std::atomic<bool> both_run = false;
    std::atomic<bool> may_end = false;
    for (std::uintptr_t key = 1; key <= 3; ++key)
        ASSERT_TRUE(port.post({key}));
    std::jthread one = worker(port, [&] {
        EXPECT_EQ(take(port), 1u);
        first_taken.count_down();
        {
            const before_blocking<TypeParam> tell;
            second_taken.wait();
        }
        both_run = true; // for the other one does not end before
        EXPECT_TRUE(spin_until(may_end));
    });
    first_taken.wait();
    std::jthread other = worker(port, [&] {
        EXPECT_EQ(take(port), 2u);
        second_taken.count_down();
        EXPECT_TRUE(spin_until(both_run));
    });
    other.join();
    EXPECT_TRUE(both_run);
    EXPECT_EQ(take(port, 0), 0u) << "the other one has ended, and yet one runs";
    may_end = true;
    one.join();
    EXPECT_EQ(take(port), 3u);
}

// ---- Who is next, and the end

TYPED_TEST(inside_port_facts, WaitingThreadsAreReleasedLastInFirstOut) {
    constexpr int threads = 4;
    constexpr int in_a_row = 12;
    constexpr std::uintptr_t work = 1;
    constexpr std::uintptr_t stop = 2;
    TypeParam port{threads}; // it is not the limit that holds the others back
    const win32::unique_handle handled{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    harness::latch everyone{threads + 1};
    std::atomic<DWORD> handled_by = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < threads; ++i)
        pool.push_back(worker(port, [&] {
            everyone.arrive_and_wait();
            while (take(port, INFINITE) == work) {
                handled_by = ::GetCurrentThreadId();
                ::SetEvent(handled.get());
            }
        }));
    everyone.arrive_and_wait();

    // One packet at a time: the thread that has just handled one is the last to have come back.
    // Nothing tells when it waits again, and a packet that is earlier goes to another one. So this
    // goes on, with ever more time between the packets, until one thread has had them all. If the
    // first to wait were released first, that would never be.
    const ULONGLONG end = ::GetTickCount64() + deadline;
    std::size_t served = 0;
    for (int turns = 1; served != 1 && ::GetTickCount64() < end; turns *= 2) {
        std::set<DWORD> by;
        for (int i = 0; i < in_a_row; ++i) {
            give_way(turns);
            EXPECT_TRUE(port.post({work}));
            EXPECT_EQ(::WaitForSingleObject(handled.get(), deadline), WAIT_OBJECT_0);
            by.insert(handled_by);
        }
        served = by.size();
    }
    for (int i = 0; i < threads; ++i)
        EXPECT_TRUE(port.post({stop}));
    pool.clear();
    EXPECT_EQ(served, 1u);
}

TYPED_TEST(inside_port_facts, StopPacketForEachThreadStopsThemAll) {
    constexpr std::uintptr_t stop = 2;
    TypeParam port{1};
    std::atomic<int> stopped = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.push_back(worker(port, [&] {
            if (take(port) == stop)
                ++stopped;
        }));
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(port.post({stop}));
    pool.clear();
    EXPECT_EQ(stopped, 4);
    EXPECT_EQ(take(port, 0), 0u) << "each of them was used up";
}

TYPED_TEST(inside_port_facts, ClosingEndsEveryWait) {
    constexpr int threads = 3;
    const ULONGLONG end = ::GetTickCount64() + deadline;
    // A thread that waits looks like one that is about to, and this is about the first. So it goes
    // on, with ever more time for the threads, until all of them waited when the port was closed.
    // At ours one that is late must not wait either, so once is enough.
    std::atomic<int> waited = 0;
    for (int turns = 4; waited != threads && ::GetTickCount64() < end; turns *= 2) {
        TypeParam port{1};
        harness::latch everyone{threads + 1};
        std::vector<std::jthread> pool;
        std::atomic<int> ended = 0;
        waited = 0;
        for (int i = 0; i < threads; ++i)
            pool.push_back(worker(port, [&] {
                everyone.arrive_and_wait();
                packet taken;
                if (port.get(taken, INFINITE) != outcome::closed)
                    return;
                if (had_begun<TypeParam>())
                    ++waited;
                ++ended;
            }));
        everyone.arrive_and_wait();
        give_way(turns);
        port.close();
        pool.clear();
        ASSERT_EQ(ended, threads);
    }
    EXPECT_EQ(waited, threads);
}
