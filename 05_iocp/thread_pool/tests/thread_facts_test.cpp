// Facts about Windows' own thread pool: on which threads callbacks run, in which order, and what a
// callback that blocks holds up.
#include "pool_facts.hpp"

#include <set>
#include <string>
#include <vector>

using pool_facts::callbacks;
using pool_facts::completion;
using pool_facts::has_come;
using pool_facts::make_event;
using pool_facts::own_pool;
using pool_facts::receive;

// ---- Who runs, and in which order

TEST_F(thread_pool_facts, LaterCompletionOfASocketMayBeHandledFirst) {
    own_pool pool{2};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    OVERLAPPED operations[2]{};
    char bytes[2]{};
    for (int i = 0; i < 2; ++i) {
        ::StartThreadpoolIo(io);
        ASSERT_EQ(receive(pair.server, bytes[i], operations[i]), WSA_IO_PENDING);
    }
    of.first = &operations[0];
    //! [any-order]
    // The first receive's callback stops before its first line of work, as any thread may, until
    // that of the second is done: on the other thread, or called before it altogether.
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void* overlapped) {
        if (overlapped == self.first)
            EXPECT_TRUE(has_come(self.first_event));
        else
            ::SetEvent(self.first_event.get());
    };
    ASSERT_EQ(::send(pair.client.get(), "12", 2, 0), 2);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(std::string(bytes, 2), "12"); // the buffers were filled in order
    EXPECT_EQ(of.seen.size(), 2u);
    //! [any-order]
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, EveryCompletionIsCalledBackOnceInWhateverOrder) {
    constexpr int many = 50;
    own_pool pool{4};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    std::vector<OVERLAPPED> operations(many);
    std::vector<char> bytes(many);
    for (std::size_t i = 0; i < many; ++i) {
        ::StartThreadpoolIo(io);
        ASSERT_EQ(receive(pair.server, bytes[i], operations[i]), WSA_IO_PENDING);
    }
    const std::string text(many, 'x');
    ASSERT_EQ(::send(pair.client.get(), text.data(), many, 0), many);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    std::set<void*> called;
    for (const completion& each : of.seen)
        called.insert(each.overlapped);
    EXPECT_EQ(of.seen.size(), std::size_t{many});
    EXPECT_EQ(called.size(), std::size_t{many});
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, ThreadMaximumBoundsTheCallbacksThatRunAtOnce) {
    constexpr std::size_t many = 20;
    own_pool pool{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    std::vector<OVERLAPPED> operations(many);
    std::vector<char> bytes(many);
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void*) {
        const int now = ++self.number;
        int seen = self.most;
        while (seen < now && !self.most.compare_exchange_weak(seen, now))
            continue;
        ::SwitchToThread();
        --self.number;
    };
    for (std::size_t i = 0; i < many; ++i) {
        ::StartThreadpoolIo(io);
        ASSERT_EQ(receive(pair.server, bytes[i], operations[i]), WSA_IO_PENDING);
    }
    const std::string text(many, 'x');
    const int sent = ::send(pair.client.get(), text.data(), static_cast<int>(many), 0);
    ASSERT_EQ(sent, static_cast<int>(many));
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.seen.size(), many);
    EXPECT_EQ(of.most, 1);
    ::CloseThreadpoolIo(io);
}

// ---- Callbacks that block

//! [may-run-long]
TEST_F(thread_pool_facts, CallbackMayRunLongSaysNoWhenTheMaximumIsReached) {
    own_pool pool{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO, void*) {
        self.number = ::CallbackMayRunLong(instance) ? 1 : -1;
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.number, -1); // this callback has the only thread: blocked, it would block all
    ::CloseThreadpoolIo(io);
}
//! [may-run-long]

TEST_F(thread_pool_facts, CallbackMayRunLongFindsAThreadBelowTheMaximum) {
    own_pool pool{2};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO, void*) {
        self.number = ::CallbackMayRunLong(instance) ? 1 : -1;
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.number, 1);
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, BlockedCallbackHoldsUpOnlyItsOwnPool) {
    own_pool pool{1};
    own_pool other{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void*) {
        ::SetEvent(self.second_event.get());
        self.number += has_come(self.first_event) ? 1 : -1;
    };
    const win32::unique_handle done = make_event();
    OVERLAPPED second{};
    second.hEvent = done.get();
    char second_byte = 0;
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, second_byte, second), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "xy", 2, 0), 2);
    ASSERT_TRUE(has_come(of.second_event)); // the first callback blocks from here on, to the end
    ASSERT_TRUE(has_come(done));            // the second one could be called

    complete_another(other.environment); // goes on
    EXPECT_EQ(of.count(), 1u);           // held up
    ::SetEvent(of.first_event.get());
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.seen.size(), 2u);
    EXPECT_EQ(of.number, 2);
    ::CloseThreadpoolIo(io);
}
