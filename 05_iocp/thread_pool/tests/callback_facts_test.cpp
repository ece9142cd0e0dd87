// Facts about Windows' own thread pool: which completions are called back.
#include "pool_facts.hpp"

#include "testing/machine/watchdog.hpp"

#include <cstdlib>

using pool_facts::as_handle;
using pool_facts::callbacks;
using pool_facts::has_come;
using pool_facts::make_event;
using pool_facts::own_pool;
using pool_facts::receive;
using pool_facts::wait_until_readable;

static void set_first_event(callbacks& self, PTP_CALLBACK_INSTANCE, PTP_IO, void*) {
    ::SetEvent(self.first_event.get());
}

TEST_F(thread_pool_facts, CallbackBringsTheOperationItsErrorAndItsBytes) {
    PTP_IO const io = put_on_the_pool();
    ASSERT_NE(io, nullptr);
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);

    ASSERT_EQ(of.seen.size(), 1u);
    EXPECT_EQ(of.seen[0].overlapped, &operation);
    EXPECT_EQ(of.seen[0].error, DWORD{NO_ERROR});
    EXPECT_EQ(of.seen[0].bytes, 1u);
    EXPECT_NE(of.seen[0].thread, ::GetCurrentThreadId());
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, ImmediateSuccessIsCalledBackToo) {
    PTP_IO const io = put_on_the_pool();
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), 0) << "the byte is there already";
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_EQ(of.seen.size(), 1u);
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, CancelledOperationIsCalledBackWith995) {
    PTP_IO const io = put_on_the_pool();
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_TRUE(::CancelIoEx(as_handle(pair.server), &operation));
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    ASSERT_EQ(of.seen.size(), 1u);
    EXPECT_EQ(of.seen[0].error, DWORD{ERROR_OPERATION_ABORTED});
    EXPECT_EQ(of.seen[0].overlapped, &operation);
    ::CloseThreadpoolIo(io);
}

// Taken back, an announcement hides a callback that comes all the same: the pool would ignore it.
// So two tests keep theirs until a later operation was called back, on the only thread.

TEST_F(thread_pool_facts, FailingAtOnceIsNotCalledBackAndMustBeTakenBack) {
    const harness::watchdog limit{"the wait for callbacks"};
    own_pool pool{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    of.then = set_first_event;
    ASSERT_EQ(::shutdown(pair.server.get(), SD_SEND), 0);
    ::StartThreadpoolIo(io);
    WSABUF what{1, &byte};
    const int result = ::WSASend(pair.server.get(), &what, 1, nullptr, 0, &operation, nullptr);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(result, SOCKET_ERROR);
    EXPECT_EQ(error, WSAESHUTDOWN);
    expect_only_a_later_callback(io);
}

TEST_F(thread_pool_facts, SkipModeIsNotCalledBackAndMustBeTakenBack) {
    const harness::watchdog limit{"the wait for callbacks"};
    own_pool pool{1};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    of.then = set_first_event;
    ASSERT_TRUE(::SetFileCompletionNotificationModes(as_handle(pair.server),
                                                     FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), 0) << "the byte is there already";
    EXPECT_EQ(byte, 'x');
    expect_only_a_later_callback(io);
}

// StartThreadpoolIo's page says two things of a completion that was not announced: it is ignored,
// and memory may be corrupted. So it happens in a process of its own (EXPECT_EXIT), and ends it.
TEST_F(thread_pool_facts, CompletionThatWasNotAnnouncedIsIgnored) {
    const auto complete_unannounced = [&] {
        own_pool pool{1};
        PTP_IO const io = put_on_the_pool(&pool.environment);
        // Announced, and taken back before the call: as if StartThreadpoolIo had been forgotten.
        ::StartThreadpoolIo(io);
        ::CancelThreadpoolIo(io);
        const win32::unique_handle done = make_event();
        operation.hEvent = done.get();
        ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
        ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
        ASSERT_TRUE(has_come(done));
        complete_another(pool.environment);
        EXPECT_TRUE(of.seen.empty()); // in a server this client would never be heard again
        std::_Exit(HasFailure() ? 1 : 0);
    };
    EXPECT_EXIT(complete_unannounced(), ::testing::ExitedWithCode(0), "");
}

TEST_F(thread_pool_facts, SecondIoObjectForTheSameHandleIsRefused) {
    PTP_IO const io = put_on_the_pool();
    PTP_IO const second = put_on_the_pool();
    const DWORD error = ::GetLastError();
    EXPECT_EQ(second, nullptr);
    EXPECT_EQ(error, DWORD{ERROR_INVALID_PARAMETER}); // 87: the handle has a port already
    ::CloseThreadpoolIo(io);
}
