// Facts about the threads that wait on a completion port.
#include "packet.hpp"
#include "testing/facts.hpp"
#include "testing/latch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

using iocp_test::as_handle;
using iocp_test::expect_empty;
using iocp_test::packet;
using iocp_test::receive;
using iocp_test::take;

class iocp_thread_facts : public harness::facts {};

namespace {

// Starts and joins `times` threads that do nothing: by then the other threads have had their turn
// on the processor as well, as a rule.
void give_way(int times) {
    for (int i = 0; i < times; ++i)
        std::thread{[] {
        }}.join();
}

// The APC of the tests below.
void CALLBACK count_call(ULONG_PTR calls) {
    ++*reinterpret_cast<int*>(calls);
}

} // namespace

TEST_F(iocp_thread_facts, AnyThreadMayTakeThePacket) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    ASSERT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);

    packet taken{};
    std::thread other{[&] {
        taken = take(port);
    }};
    other.join(); // not the thread that asked
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operation);
}

TEST_F(iocp_thread_facts, OperationOnAPortOutlivesItsThread) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{}; // hEvent is null: see the next test
    int begun = 0;
    std::thread asker{[&] {
        begun = receive(pair.server, &byte, 1, operation);
    }};
    asker.join();
    ASSERT_EQ(begun, WSA_IO_PENDING);

    // Off a port, the end of its thread would have cancelled it.
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    const packet taken = take(port);
    EXPECT_TRUE(taken.ok);
    EXPECT_EQ(taken.overlapped, &operation);
}

TEST_F(iocp_thread_facts, OperationWithAnEventDiesWithItsThread) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const harness::socket_pair pair = harness::make_socket_pair();
    ASSERT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 7, 0), port.get());
    char byte = 0;
    OVERLAPPED operation{};
    operation.hEvent = event.get();
    int begun = 0;
    std::thread asker{[&] {
        begun = receive(pair.server, &byte, 1, operation);
    }};
    asker.join();
    ASSERT_EQ(begun, WSA_IO_PENDING);

    const packet taken = take(port); // nobody has sent anything
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.error, DWORD{ERROR_OPERATION_ABORTED}); // 995
    EXPECT_EQ(taken.overlapped, &operation);
}

TEST_F(iocp_thread_facts, EachPacketGoesToExactlyOneThread) {
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::array<std::atomic<int>, 100> times_taken{};
    std::atomic<int> left = static_cast<int>(times_taken.size());
    const win32::unique_handle all_taken{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            for (packet taken = take(port); taken.key == work; taken = take(port)) {
                ++times_taken[taken.bytes];
                if (--left == 0)
                    ::SetEvent(all_taken.get());
            }
        });
    for (DWORD number = 0; number < times_taken.size(); ++number)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), number, work, nullptr));
    // Not earlier: no document promises that packets are taken in the order in which they were
    // queued.
    EXPECT_EQ(::WaitForSingleObject(all_taken.get(), harness::deadline), WAIT_OBJECT_0);
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear(); // joins
    // No two threads got the same packet, so a packet needs no lock.
    EXPECT_TRUE(std::ranges::all_of(times_taken, [](const auto& times) { return times == 1; }));
}

TEST_F(iocp_thread_facts, StopPacketPerThreadStopsEveryThread) {
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::atomic<int> stopped = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            if (take(port).key == stop)
                ++stopped;
        });
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear();
    EXPECT_EQ(stopped, 4);
    expect_empty(port); // a stop packet is used up by the thread that takes it: fewer would not do
}

TEST_F(iocp_thread_facts, ClosingThePortWakesItsWaiters) {
    constexpr int threads = 3;
    const iocp_test::time_limit limit{};
    // A thread that waits looks like one that is about to. For the latter the closed handle is no
    // handle any more: error 6. So this goes on, with ever more time for the threads, until all of
    // them were waiting when the port was closed.
    int woken = 0;
    for (int turns = 1; woken < threads && !limit.is_over(); turns *= 2) {
        win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
        const HANDLE handle = port.get();
        harness::latch everyone{threads + 1};
        packet taken[threads]{};
        std::vector<std::jthread> pool;
        for (packet& each : taken)
            pool.emplace_back([&each, &everyone, handle] {
                OVERLAPPED unrelated{};
                each.overlapped = &unrelated;
                everyone.arrive_and_wait();
                each.ok = ::GetQueuedCompletionStatus(handle, &each.bytes, &each.key,
                                                      &each.overlapped, harness::deadline);
                each.error = ::GetLastError();
            });
        everyone.arrive_and_wait();
        give_way(turns);
        port.reset();
        pool.clear(); // joins: every one of them has come back

        woken = 0;
        for (const packet& each : taken) {
            ASSERT_FALSE(each.ok);
            if (each.error == ERROR_INVALID_HANDLE)
                continue;
            ASSERT_EQ(each.error, DWORD{ERROR_ABANDONED_WAIT_0}); // 735
            ASSERT_EQ(each.overlapped, nullptr);
            ++woken;
        }
    }
    EXPECT_EQ(woken, threads);
    // No pool can be stopped in this way: a thread that was not waiting yet may find another object
    // under the value of that handle. So stop packets are posted, and the port is closed last.
}

TEST_F(iocp_thread_facts, PortConcurrencyLimitsRunningThreads) {
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)};
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::atomic<int> spun = 0;
    const auto handle_one = [&] {
        const int now = ++running;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now))
            continue;
        // The work is pure computing: a thread that blocks is not counted as running.
        for (int turn = 0; turn < 100'000; ++turn)
            ++spun;
        --running;
    };
    handle_one(); // its code is in memory now
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            while (take(port).key == work)
                handle_one();
        });
    for (int i = 0; i < 64; ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, work, nullptr));
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear();
    EXPECT_EQ(spun, 65 * 100'000);
    // Not 1: a thread that waits for a page of memory does not run, so the port lets another one
    // go; and when the page has come, for a moment both run.
    EXPECT_LE(most, 2);
}

TEST_F(iocp_thread_facts, ThreadBlockedInsideTheHandlerLetsAnotherRun) {
    // One thread at a time; but the handler of packet 1 waits for that of packet 2. It ends only
    // because the port lets another thread go while the first one blocks.
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)};
    const win32::unique_handle second_ran{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::atomic<DWORD> waited = WAIT_FAILED;
    const auto handle_one = [&] {
        const packet taken = take(port);
        if (taken.key == 1)
            waited = ::WaitForSingleObject(second_ran.get(), harness::deadline);
        else if (taken.key == 2)
            ::SetEvent(second_ran.get());
    };
    std::jthread one{handle_one};
    std::jthread other{handle_one};
    EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 1, nullptr));
    EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 2, nullptr));
    one.join();
    other.join();
    EXPECT_EQ(waited, WAIT_OBJECT_0);
}

TEST_F(iocp_thread_facts, WaitingThreadsAreReleasedLastInFirstOut) {
    constexpr int threads = 4;
    constexpr int in_a_row = 12;
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    // Enough for all, so that it is not the concurrency value that holds the others back.
    const win32::unique_handle port{
        ::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, threads)};
    const win32::unique_handle handled{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    harness::latch everyone{threads + 1};
    std::atomic<DWORD> handled_by = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < threads; ++i)
        pool.emplace_back([&] {
            everyone.arrive_and_wait();
            while (take(port, INFINITE).key == work) {
                handled_by = ::GetCurrentThreadId();
                ::SetEvent(handled.get());
            }
        });
    everyone.arrive_and_wait();

    // One packet at a time: the thread that has just handled one is the last to have come back to
    // wait, so it gets the next as well. Its stack is still in the cache, and the others sleep on.
    //
    // Nothing tells when it waits again. If the next packet is earlier, another thread gets it. So
    // this goes on, with ever more time between the packets, until one thread has had them all. If
    // the first to wait were released first, that would never be: there is always another one.
    const iocp_test::time_limit limit{};
    std::size_t served = 0;
    for (int turns = 1; served != 1 && !limit.is_over(); turns *= 2) {
        std::set<DWORD> by;
        for (int i = 0; i < in_a_row; ++i) {
            give_way(turns);
            EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, work, nullptr));
            EXPECT_EQ(::WaitForSingleObject(handled.get(), harness::deadline), WAIT_OBJECT_0);
            by.insert(handled_by);
        }
        served = by.size();
    }
    for (int i = 0; i < threads; ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear();
    EXPECT_EQ(served, 1u);
}

// ---- APCs at the port

TEST_F(iocp_thread_facts, ExFormRunsApcsBeforeItsThreadsFirstPacket) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 5, nullptr));
    int calls = 0;
    ASSERT_NE(::QueueUserAPC(count_call, ::GetCurrentThread(), reinterpret_cast<ULONG_PTR>(&calls)),
              0u);

    // An alertable wait of a thread that has taken no packet of this port yet.
    OVERLAPPED_ENTRY entry{};
    ULONG count = 0;
    const BOOL ok = ::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, 0, TRUE);
    const DWORD error = ::GetLastError();
    EXPECT_FALSE(ok);
    EXPECT_EQ(error, DWORD{WAIT_IO_COMPLETION}); // 192: an APC has run, and no packet was taken
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(take(port).key, 5u);
}

TEST_F(iocp_thread_facts, ExFormTakesPacketsBeforeApcsFromThenOn) {
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 4, nullptr));
    ASSERT_EQ(take(port).key, 4u); // now the thread belongs to this port
    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 5, nullptr));
    int calls = 0;
    ASSERT_NE(::QueueUserAPC(count_call, ::GetCurrentThread(), reinterpret_cast<ULONG_PTR>(&calls)),
              0u);

    OVERLAPPED_ENTRY entry{};
    ULONG count = 0;
    EXPECT_TRUE(::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, 0, TRUE));
    EXPECT_EQ(entry.lpCompletionKey, 5u);
    EXPECT_EQ(calls, 0);
    // With no packet in the queue it is the APC's turn.
    EXPECT_FALSE(::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, 0, TRUE));
    EXPECT_EQ(calls, 1);
}

// ---- Windows' own pool

namespace {

struct pool_result {
    win32::unique_handle called{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    DWORD thread = 0;
    PVOID overlapped = nullptr;
    ULONG error = ERROR_INVALID_DATA;
    ULONG_PTR bytes = 0;
};

void CALLBACK on_completion(PTP_CALLBACK_INSTANCE, PVOID context, PVOID overlapped, ULONG error,
                            ULONG_PTR bytes, PTP_IO) {
    pool_result& result = *static_cast<pool_result*>(context);
    result.thread = ::GetCurrentThreadId();
    result.overlapped = overlapped;
    result.error = error;
    result.bytes = bytes;
    ::SetEvent(result.called.get());
}

} // namespace

TEST_F(iocp_thread_facts, ThreadpoolIoIsAPortWithThreadsOfItsOwn) {
    const harness::socket_pair pair = harness::make_socket_pair();
    pool_result result;
    PTP_IO const io = ::CreateThreadpoolIo(as_handle(pair.server), on_completion, &result, nullptr);
    ASSERT_NE(io, nullptr);

    char byte = 0;
    OVERLAPPED operation{};
    ::StartThreadpoolIo(io); // before every operation, or its completion goes astray
    EXPECT_EQ(receive(pair.server, &byte, 1, operation), WSA_IO_PENDING);
    EXPECT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    EXPECT_EQ(::WaitForSingleObject(result.called.get(), harness::deadline), WAIT_OBJECT_0);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);

    EXPECT_NE(result.thread, ::GetCurrentThreadId());
    EXPECT_EQ(result.overlapped, &operation);
    EXPECT_EQ(result.error, DWORD{NO_ERROR});
    EXPECT_EQ(result.bytes, 1u);
    // The pool has put the socket on its own port: it cannot have another.
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    EXPECT_EQ(::CreateIoCompletionPort(as_handle(pair.server), port.get(), 1, 0), nullptr);
    ::CloseThreadpoolIo(io);
}
