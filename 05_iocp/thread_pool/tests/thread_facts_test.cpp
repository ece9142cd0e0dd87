// Facts about Windows' own thread pool: on which threads callbacks run, in which order, and what a
// callback that blocks holds up.
#include "pool_facts.hpp"

#include <set>
#include <string>
#include <vector>

using pool_facts::as_handle;
using pool_facts::callbacks;
using pool_facts::completion;
using pool_facts::has_come;
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
    //! [any-order]
    // One callback stops before its first line of work, as any thread may. The other one runs
    // meanwhile, on another thread, and is done earlier.
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void*) {
        if (self.number++ == 0)
            EXPECT_TRUE(has_come(self.first_event));
        else
            ::SetEvent(self.first_event.get());
    };
    ASSERT_EQ(::send(pair.client.get(), "12", 2, 0), 2);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(std::string(bytes, 2), "12"); // the buffers were filled in order
    ASSERT_EQ(of.seen.size(), 2u);
    EXPECT_NE(of.seen[0].thread, of.seen[1].thread);
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
    ASSERT_EQ(::send(pair.client.get(), text.data(), many, 0), static_cast<int>(many));
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
    const harness::socket_pair second = harness::make_socket_pair();
    callbacks of_second;
    PTP_IO const io = put_on_the_pool(&pool.environment);
    PTP_IO const other_io = ::CreateThreadpoolIo(as_handle(second.server), callbacks::call,
                                                 &of_second, &other.environment);
    ASSERT_NE(other_io, nullptr);
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void*) {
        self.number = has_come(self.first_event) ? 1 : -1;
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1); // its callback blocks, until the end
    char second_byte = 0;
    OVERLAPPED second_operation{};
    ::StartThreadpoolIo(other_io);
    ASSERT_EQ(receive(second.server, second_byte, second_operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(second.client.get(), "y", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(other_io, FALSE);
    EXPECT_EQ(of_second.seen.size(), 1u);
    ::SetEvent(of.first_event.get());
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.number, 1);
    ::CloseThreadpoolIo(other_io);
    ::CloseThreadpoolIo(io);
}
