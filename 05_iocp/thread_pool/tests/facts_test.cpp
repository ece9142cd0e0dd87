// Facts about Windows' own thread pool, as an echo server uses it: its I/O objects, its threads,
// and its end.
#include "testing/facts.hpp"
#include "testing/loopback.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

HANDLE as_handle(const win32::unique_socket& socket) {
    return reinterpret_cast<HANDLE>(socket.get());
}

win32::unique_handle make_event() {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
}

bool has_come(const win32::unique_handle& event) {
    return ::WaitForSingleObject(event.get(), harness::deadline) == WAIT_OBJECT_0;
}

// The results of one callback.
struct completion {
    void* overlapped;
    ULONG error;
    ULONG_PTR bytes;
    DWORD thread;
};

// What the callbacks of one I/O object are given, and what they do besides.
struct callbacks {
    using function = void (*)(callbacks& self, PTP_CALLBACK_INSTANCE instance, PTP_IO io,
                              void* overlapped);

    // The context of CreateThreadpoolIo is the address of one of these.
    static void CALLBACK call(PTP_CALLBACK_INSTANCE instance, void* context, void* overlapped,
                              ULONG error, ULONG_PTR bytes, PTP_IO io) {
        callbacks& self = *static_cast<callbacks*>(context);
        const function then = self.then;
        {
            const std::lock_guard lock{self.mutex};
            self.seen.push_back({overlapped, error, bytes, ::GetCurrentThreadId()});
        }
        if (then != nullptr)
            then(self, instance, io, overlapped);
    }

    function then = nullptr;
    std::mutex mutex;
    std::vector<completion> seen;
    win32::unique_handle first_event = make_event();
    win32::unique_handle second_event = make_event();
    std::atomic<int> number = 0;
    std::atomic<int> most = 0;
};

// A pool of at most `threads` threads, and the environment that leads to it.
class own_pool {
public:
    explicit own_pool(DWORD threads) : pool_{::CreateThreadpool(nullptr)} {
        ::InitializeThreadpoolEnvironment(&environment);
        ::SetThreadpoolThreadMaximum(pool_, threads);
        EXPECT_TRUE(::SetThreadpoolThreadMinimum(pool_, 1));
        ::SetThreadpoolCallbackPool(&environment, pool_);
    }
    ~own_pool() {
        ::DestroyThreadpoolEnvironment(&environment);
        ::CloseThreadpool(pool_);
    }
    own_pool(const own_pool&) = delete;
    own_pool& operator=(const own_pool&) = delete;

    TP_CALLBACK_ENVIRON environment;

private:
    PTP_POOL pool_;
};

// Begins to receive a byte. Returns 0, or the error. StartThreadpoolIo is the test's affair.
int receive(const win32::unique_socket& socket, char& byte, OVERLAPPED& operation) {
    WSABUF where{1, &byte};
    DWORD flags = 0;
    const int result = ::WSARecv(socket.get(), &where, 1, nullptr, &flags, &operation, nullptr);
    return result == 0 ? 0 : ::WSAGetLastError();
}

bool wait_until_readable(const win32::unique_socket& socket) {
    WSAPOLLFD what{socket.get(), POLLRDNORM, 0};
    return ::WSAPoll(&what, 1, static_cast<INT>(harness::deadline)) == 1;
}

} // namespace

class thread_pool_facts : public harness::facts {
protected:
    PTP_IO put_on_the_pool(TP_CALLBACK_ENVIRON* environment = nullptr) {
        return ::CreateThreadpoolIo(as_handle(pair.server), callbacks::call, &of, environment);
    }

    const harness::socket_pair pair = harness::make_socket_pair();
    callbacks of;
    char byte = 0;
    OVERLAPPED operation{};
};

// ---- Which completions are called back

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

TEST_F(thread_pool_facts, FailingAtOnceIsNotCalledBackAndMustBeTakenBack) {
    PTP_IO const io = put_on_the_pool();
    ASSERT_EQ(::shutdown(pair.server.get(), SD_SEND), 0);
    ::StartThreadpoolIo(io);
    WSABUF what{1, &byte};
    const int result = ::WSASend(pair.server.get(), &what, 1, nullptr, 0, &operation, nullptr);
    const int error = ::WSAGetLastError();
    EXPECT_EQ(result, SOCKET_ERROR);
    EXPECT_EQ(error, WSAESHUTDOWN);
    ::CancelThreadpoolIo(io);
    // Without the line above this one would wait for ever.
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_TRUE(of.seen.empty());
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, SkipModeIsNotCalledBackAndMustBeTakenBack) {
    PTP_IO const io = put_on_the_pool();
    ASSERT_TRUE(::SetFileCompletionNotificationModes(as_handle(pair.server),
                                                     FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(wait_until_readable(pair.server));
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), 0) << "the byte is there already";
    EXPECT_EQ(byte, 'x');
    ::CancelThreadpoolIo(io); // no callback will come
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    EXPECT_TRUE(of.seen.empty());
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, CompletionThatWasNotAnnouncedIsIgnored) {
    own_pool pool{1};
    const harness::socket_pair second = harness::make_socket_pair();
    callbacks of_second;
    PTP_IO const io = put_on_the_pool(&pool.environment);
    PTP_IO const second_io = ::CreateThreadpoolIo(as_handle(second.server), callbacks::call,
                                                  &of_second, &pool.environment);
    ASSERT_NE(second_io, nullptr);
    // Announced, and taken back before the call: as if StartThreadpoolIo had been forgotten.
    ::StartThreadpoolIo(io);
    ::CancelThreadpoolIo(io);
    const win32::unique_handle done = make_event();
    operation.hEvent = done.get();
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    ASSERT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    ASSERT_TRUE(has_come(done));

    // The pool has one thread, and this completion is behind that one: so when it has been called
    // back, the other has had its turn.
    char second_byte = 0;
    OVERLAPPED announced{};
    ::StartThreadpoolIo(second_io);
    ASSERT_EQ(receive(second.server, second_byte, announced), WSA_IO_PENDING);
    ASSERT_EQ(::send(second.client.get(), "y", 1, 0), 1);
    ::WaitForThreadpoolIoCallbacks(second_io, FALSE);
    EXPECT_EQ(of_second.seen.size(), 1u);
    EXPECT_TRUE(of.seen.empty()); // in a server this client would never be heard again
    ::CloseThreadpoolIo(second_io);
    ::CloseThreadpoolIo(io);
}

TEST_F(thread_pool_facts, SecondIoObjectForTheSameHandleIsRefused) {
    PTP_IO const io = put_on_the_pool();
    PTP_IO const second = put_on_the_pool();
    const DWORD error = ::GetLastError();
    EXPECT_EQ(second, nullptr);
    EXPECT_EQ(error, DWORD{ERROR_INVALID_PARAMETER}); // 87: the handle has a port already
    ::CloseThreadpoolIo(io);
}

// ---- Who runs, and in which order

//! [any-order]
TEST_F(thread_pool_facts, LaterCompletionOfASocketMayBeHandledFirst) {
    own_pool pool{2};
    PTP_IO const io = put_on_the_pool(&pool.environment);
    OVERLAPPED operations[2]{};
    char bytes[2]{};
    for (int i = 0; i < 2; ++i) {
        ::StartThreadpoolIo(io);
        ASSERT_EQ(receive(pair.server, bytes[i], operations[i]), WSA_IO_PENDING);
    }
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
    ::CloseThreadpoolIo(io);
}
//! [any-order]

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

// ---- The end

TEST_F(thread_pool_facts, WaitForCallbacksWaitsForOperationsThatHaveNotCompleted) {
    PTP_IO const io = put_on_the_pool();
    ::StartThreadpoolIo(io);
    ASSERT_EQ(receive(pair.server, byte, operation), WSA_IO_PENDING);
    std::atomic<bool> sent = false;
    std::atomic<bool> sent_before = false;
    std::thread waiter{[&] {
        ::WaitForThreadpoolIoCallbacks(io, FALSE);
        sent_before = sent.load();
    }};
    sent = true;
    EXPECT_EQ(::send(pair.client.get(), "x", 1, 0), 1);
    waiter.join();
    EXPECT_TRUE(sent_before); // the wait has not come back before there was a byte
    EXPECT_EQ(of.seen.size(), 1u);
    ::CloseThreadpoolIo(io);
}

//! [forgets-callbacks]
TEST_F(thread_pool_facts, WaitThatCancelsForgetsTheCallbackAndNotTheOperation) {
    PTP_IO const io = put_on_the_pool();
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
    EXPECT_TRUE(of.seen.empty());
    ::CloseThreadpoolIo(io);
}
//! [forgets-callbacks]

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
