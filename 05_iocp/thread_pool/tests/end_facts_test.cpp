// Facts about Windows' own thread pool: waiting for callbacks, and closing.
#include "pool_facts.hpp"

#include <cstddef>
#include <thread>

using pool_facts::callbacks;
using pool_facts::has_come;
using pool_facts::make_event;
using pool_facts::own_pool;
using pool_facts::receive;

TEST_F(thread_pool_facts, WaitForCallbacksWaitsForOperationsThatHaveNotCompleted) {
    PTP_IO const io = put_on_the_pool();
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    std::size_t when_it_returned = 0;
    std::thread waiter{[&] {
        ::WaitForThreadpoolIoCallbacks(io, FALSE);
        when_it_returned = of.count();
    }};
    EXPECT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    waiter.join();
    EXPECT_EQ(when_it_returned, 1u);
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, WaitThatCancelsForgetsTheCallbackAndNotTheOperation) {
    own_pool pool{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    const win32::unique_handle done = make_event();
    operation.hEvent = done.get();
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ::WaitForThreadpoolIoCallbacks(io, TRUE); // TRUE: cancel, but only the callback

    // The receive goes on. It writes to `byte` and `operation`, which nobody would guard any more.
    EXPECT_FALSE(HasOverlappedIoCompleted(&operation));
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(has_come(done));
    EXPECT_EQ(byte, 'x');
    complete_another(pool.environment); // the pool takes a completion after its event is set
    EXPECT_TRUE(of.seen.empty());
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, IoObjectMayBeClosedInItsOwnCallback) {
    PTP_IO const io = put_on_the_pool();
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO its_own, void*) {
        ::CloseThreadpoolIo(its_own); // goes when this callback has returned
        ::SetEventWhenCallbackReturns(instance, self.first_event.get());
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    EXPECT_TRUE(has_come(of.first_event));
    EXPECT_EQ(of.seen.size(), 1u);
}

TEST_F(thread_pool_facts, EventIsSetWhenTheCallbackHasReturned) {
    PTP_IO const io = put_on_the_pool();
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO, void*) {
        ::SetEventWhenCallbackReturns(instance, self.first_event.get());
        EXPECT_EQ(::WaitForSingleObject(self.first_event.get(), 0), DWORD{WAIT_TIMEOUT});
        self.number = 1; // the last line
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(has_come(of.first_event));
    EXPECT_EQ(of.number, 1);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, DisassociatedCallbackIsNotWaitedFor) {
    PTP_IO const io = put_on_the_pool();
    of.then = [](callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO, void*) {
        ::DisassociateCurrentThreadFromCallback(instance);
        self.number = has_come(self.first_event) ? 1 : -1; // it runs on
        ::SetEventWhenCallbackReturns(instance, self.second_event.get());
    };
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.number, 0); // the wait is over, and the callback is not
    ::SetEvent(of.first_event.get());
    EXPECT_TRUE(has_come(of.second_event));
    EXPECT_EQ(of.number, 1);
    ::CloseThreadpoolIo(io);
}
