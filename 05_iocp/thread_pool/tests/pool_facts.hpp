/// \file
/// The fixture of the facts about Windows' own thread pool.
#pragma once

#include "../../tests/packet.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

namespace pool_facts {

using iocp_test::as_handle;
using iocp_test::wait_until_readable;

inline win32::unique_handle make_event() {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
}

inline bool has_come(const win32::unique_handle& event) {
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
        const function what_else = self.then;
        {
            const std::lock_guard lock{self.mutex};
            self.seen.push_back({overlapped, error, bytes, ::GetCurrentThreadId()});
        }
        if (what_else != nullptr)
            what_else(self, instance, io, overlapped);
    }

    std::size_t count() {
        const std::lock_guard lock{mutex};
        return seen.size();
    }

    function then = nullptr;
    std::mutex mutex;
    std::vector<completion> seen;
    void* first = nullptr; // an operation that `then` knows from the others
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

// Begins to receive a byte. StartThreadpoolIo is the test's affair.
inline int receive(const win32::unique_socket& socket, char& byte, OVERLAPPED& operation) {
    return iocp_test::receive(socket, &byte, 1, operation);
}

} // namespace pool_facts

class thread_pool_facts : public harness::facts {
protected:
    PTP_IO put_on_the_pool(TP_CALLBACK_ENVIRON* environment = nullptr) {
        return ::CreateThreadpoolIo(pool_facts::as_handle(pair.server), pool_facts::callbacks::call,
                                    &of, environment);
    }

    // Completes an operation on another I/O object of a pool, and waits until it has been called
    // back. If the pool has one thread, each completion that lay before this one has had its turn.
    static void complete_another(TP_CALLBACK_ENVIRON& environment) {
        const harness::socket_pair other = harness::make_socket_pair();
        pool_facts::callbacks of_other;
        PTP_IO const io =
            ::CreateThreadpoolIo(pool_facts::as_handle(other.server), pool_facts::callbacks::call,
                                 &of_other, &environment);
        ASSERT_NE(io, nullptr);
        char its_byte = 0;
        OVERLAPPED its_operation{};
        ::StartThreadpoolIo(io);
        ASSERT_EQ(pool_facts::receive(other.server, its_byte, its_operation), WSA_IO_PENDING);
        ASSERT_EQ(::send(other.client.get(), "y", 1, 0), 1);
        ::WaitForThreadpoolIoCallbacks(io, FALSE);
        EXPECT_EQ(of_other.seen.size(), 1u);
        ::CloseThreadpoolIo(io);
    }

    // With an announcement that is still there: expects no callback for it, but one for a later
    // operation. Then takes it back, and closes `io`. `then` has to set first_event.
    void expect_only_a_later_callback(PTP_IO io) {
        OVERLAPPED later{};
        ::StartThreadpoolIo(io);
        ASSERT_EQ(pool_facts::receive(pair.server, byte, later), WSA_IO_PENDING);
        ASSERT_EQ(::send(pair.client.get(), "y", 1, 0), 1);
        ASSERT_TRUE(pool_facts::has_come(of.first_event));
        EXPECT_EQ(of.seen[0].overlapped, &later);
        ::CancelThreadpoolIo(io);
        // Without the line above this one would wait for ever.
        ::WaitForThreadpoolIoCallbacks(io, FALSE);
        EXPECT_EQ(of.seen.size(), 1u);
        ::CloseThreadpoolIo(io);
    }

    const harness::socket_pair pair = harness::make_socket_pair();
    pool_facts::callbacks of;
    char byte = 0;
    OVERLAPPED operation{};
};
