/// \file
/// Helpers for the tests of this chapter's facts. The calls that a test is about stay in the test.
#pragma once

#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

namespace nonblocking_test {

/// Switches the mode of `socket`.
inline void set_nonblocking(const win32::unique_socket& socket, bool on = true) {
    u_long value = on ? 1 : 0;
    ASSERT_EQ(::ioctlsocket(socket.get(), static_cast<long>(FIONBIO), &value), 0);
}

/// Limits the time for which recv may block, so that a test with a fault fails and does not hang.
inline void limit_blocking(const win32::unique_socket& socket,
                           DWORD milliseconds = harness::deadline) {
    ASSERT_EQ(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO,
                           reinterpret_cast<const char*>(&milliseconds), sizeof milliseconds),
              0);
}

/// WSAPoll of one socket. Returns the events that it reports; 0 if none come in time.
inline int poll(const win32::unique_socket& socket, SHORT events, INT milliseconds) {
    WSAPOLLFD entry{socket.get(), events, 0};
    return ::WSAPoll(&entry, 1, milliseconds) == 1 ? entry.revents : 0;
}

inline bool wait_until_readable(const win32::unique_socket& socket) {
    return (poll(socket, POLLRDNORM, harness::deadline) & POLLRDNORM) != 0;
}

inline bool wait_until_writable(const win32::unique_socket& socket) {
    return (poll(socket, POLLWRNORM, harness::deadline) & POLLWRNORM) != 0;
}

inline int connect_to(const win32::unique_socket& socket, const SOCKADDR_INET& address) {
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                     win32::size_of(address));
}

inline int pending_error(const win32::unique_socket& socket) {
    int error = -1;
    int size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
    return error;
}

/// Calls `wait`, which is select or WSAPoll, on a thread of its own, and closes `socket` when that
/// thread waits. Returns when the call has returned.
inline void close_during(win32::unique_socket& socket, const std::function<void()>& wait) {
    DWORD id = 0;
    const win32::unique_handle started{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle waits{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::thread waiter{[&] {
        id = ::GetCurrentThreadId();
        ::SetEvent(started.get());
        wait();
    }};
    ::WaitForSingleObject(started.get(), INFINITE);
    // Proof without a clock: both calls wait alertably, an APC runs in nothing but an alertable
    // wait, and this one runs.
    const win32::unique_handle thread{::OpenThread(THREAD_SET_CONTEXT, FALSE, id)};
    const auto say_so = [](ULONG_PTR event) {
        ::SetEvent(reinterpret_cast<HANDLE>(event));
    };
    EXPECT_TRUE(::QueueUserAPC(say_so, thread.get(), reinterpret_cast<ULONG_PTR>(waits.get())));
    EXPECT_EQ(::WaitForSingleObject(waits.get(), harness::deadline), WAIT_OBJECT_0);
    socket.reset();
    waiter.join();
}

} // namespace nonblocking_test
