/// \file
/// Helpers for the tests of this chapter's facts. The calls that a test is about stay in the test.
#pragma once

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

namespace iocp_test {

/// A socket is a handle: the calls of the port and of cancelling take it as one.
inline HANDLE as_handle(const win32::unique_socket& socket) {
    return reinterpret_cast<HANDLE>(socket.get());
}

/// The result of one call of GetQueuedCompletionStatus.
struct packet {
    BOOL ok;                ///< the call's return value
    DWORD error;            ///< GetLastError() when it returned FALSE
    DWORD bytes;            ///< bytes transferred
    ULONG_PTR key;          ///< the handle's key
    OVERLAPPED* overlapped; ///< the operation's OVERLAPPED; null when no packet was taken
};

/// Takes the next packet from `port`, waiting for it if need be.
inline packet take(const win32::unique_handle& port, DWORD timeout = harness::deadline) {
    packet result{};
    result.ok = ::GetQueuedCompletionStatus(port.get(), &result.bytes, &result.key,
                                            &result.overlapped, timeout);
    if (!result.ok)
        result.error = ::GetLastError();
    return result;
}

/// Fails the test unless the queue of `port` is empty. One thread takes packets in the order they
/// came, so one posted now comes out first only if nothing was queued before it.
inline void expect_empty(const win32::unique_handle& port) {
    OVERLAPPED mark{};
    ASSERT_TRUE(::PostQueuedCompletionStatus(port.get(), 0, 0, &mark));
    EXPECT_EQ(take(port).overlapped, &mark) << "another packet was queued";
}

/// Begins to receive up to `size` bytes. Returns 0 if that has succeeded at once, WSA_IO_PENDING if
/// it is under way, and otherwise the error with which it has failed at once.
/// Lifetime: `buffer` and `operation` are lent to the kernel until the operation's end is known.
inline int receive(const win32::unique_socket& socket, char* buffer, ULONG size,
                   OVERLAPPED& operation) {
    WSABUF where{size, buffer};
    DWORD flags = 0;
    const int result = ::WSARecv(socket.get(), &where, 1, nullptr, &flags, &operation, nullptr);
    return result == 0 ? 0 : ::WSAGetLastError();
}

/// Waits until a receive on `socket` would succeed at once. Returns false after the deadline.
inline bool wait_until_readable(const win32::unique_socket& socket) {
    WSAPOLLFD what{socket.get(), POLLRDNORM, 0};
    return ::WSAPoll(&what, 1, static_cast<INT>(harness::deadline)) == 1;
}

/// The time for which a test goes on trying.
class time_limit {
public:
    /// Whether harness::deadline has passed since it was made.
    [[nodiscard]] bool is_over() const noexcept {
        return ::GetTickCount64() - begun_ > harness::deadline;
    }

private:
    ULONGLONG begun_ = ::GetTickCount64();
};

} // namespace iocp_test
