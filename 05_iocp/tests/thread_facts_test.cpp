// What a completion port really does with the threads that wait on it: one test for each claim.
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
    OVERLAPPED operation{};
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

TEST_F(iocp_thread_facts, EachPacketGoesToExactlyOneThread) {
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    std::array<std::atomic<int>, 100> times_taken{};
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            for (packet taken = take(port); taken.key == work; taken = take(port))
                ++times_taken[taken.bytes];
        });
    for (DWORD number = 0; number < times_taken.size(); ++number)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), number, work, nullptr));
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear(); // joins
    // The stop packets queue behind the work, so all of it was done; and no two threads got the
    // same packet, so a packet needs no lock.
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
    win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const HANDLE handle = port.get();
    const win32::unique_handle ready{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    packet taken{};
    // Nothing tells a thread that waits from one that is about to. So the two share a processor,
    // and the waiter outranks this thread: this one goes on only once the waiter has blocked.
    const DWORD_PTR here = DWORD_PTR{1} << ::GetCurrentProcessorNumber();
    const DWORD_PTR before = ::SetThreadAffinityMask(::GetCurrentThread(), here);
    ASSERT_NE(before, 0u);
    std::thread waiter{[&] {
        ::SetThreadAffinityMask(::GetCurrentThread(), here);
        ::SetThreadPriority(::GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
        OVERLAPPED unrelated{};
        taken.overlapped = &unrelated;
        ::SetEvent(ready.get());
        taken.ok = ::GetQueuedCompletionStatus(handle, &taken.bytes, &taken.key, &taken.overlapped,
                                               harness::deadline);
        taken.error = ::GetLastError();
    }};
    EXPECT_EQ(::WaitForSingleObject(ready.get(), harness::deadline), WAIT_OBJECT_0);
    port.reset();
    waiter.join();
    ::SetThreadAffinityMask(::GetCurrentThread(), before);
    EXPECT_FALSE(taken.ok);
    EXPECT_EQ(taken.error, DWORD{ERROR_ABANDONED_WAIT_0}); // 735
    EXPECT_EQ(taken.overlapped, nullptr);
    // A pool that is stopped in this way has no such care: a thread that was not waiting yet asks
    // the next object to get that handle's value. Post stop packets, and close the port last.
}

TEST_F(iocp_thread_facts, PortConcurrencyLimitsRunningThreads) {
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)};
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::atomic<int> spun = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < 4; ++i)
        pool.emplace_back([&] {
            while (take(port).key == work) {
                const int now = ++running;
                int seen = most;
                while (seen < now && !most.compare_exchange_weak(seen, now))
                    continue;
                // The work is pure computing: a thread that blocks is not counted as running.
                for (int turn = 0; turn < 100'000; ++turn)
                    ++spun;
                --running;
            }
        });
    for (int i = 0; i < 64; ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, work, nullptr));
    for (std::size_t i = 0; i < pool.size(); ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear();
    EXPECT_EQ(spun, 64 * 100'000);
    EXPECT_EQ(most, 1);
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
    constexpr ULONG_PTR work = 1;
    constexpr ULONG_PTR stop = 2;
    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)};
    const win32::unique_handle all_ran{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle handled{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    harness::latch everyone{threads};
    std::atomic<int> ran = 0;
    std::atomic<DWORD> handled_by = 0;
    std::vector<std::jthread> pool;
    for (int i = 0; i < threads; ++i)
        pool.emplace_back([&] {
            // First each thread takes one packet, so that all four are known to the port. From
            // `ran` on, none of them blocks anywhere but in the port.
            const bool working = take(port).key == work;
            everyone.arrive_and_wait();
            if (++ran == threads)
                ::SetEvent(all_ran.get());
            while (working && take(port).key == work) {
                handled_by = ::GetCurrentThreadId();
                ::SetEvent(handled.get());
            }
        });
    for (int i = 0; i < threads; ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, work, nullptr));
    EXPECT_EQ(::WaitForSingleObject(all_ran.get(), harness::deadline), WAIT_OBJECT_0);

    // One packet at a time: the thread that has just handled one is the last to have come back, so
    // it gets the next as well. Its stack is still in the cache, and the others sleep on.
    std::set<DWORD> served;
    for (int i = 0; i < 32; ++i) {
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, work, nullptr));
        EXPECT_EQ(::WaitForSingleObject(handled.get(), harness::deadline), WAIT_OBJECT_0);
        served.insert(handled_by);
    }
    for (int i = 0; i < threads; ++i)
        EXPECT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, stop, nullptr));
    pool.clear();
    EXPECT_EQ(served.size(), 1u);
}

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
