/// \file
/// Helpers for the tests of this chapter's facts. The calls that a test is about stay in the test.
#pragma once

#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

namespace event_test {

/// One operation, with all that it lends to the kernel until it ends. The destructor takes it back,
/// so a test that fails half-way leaves the kernel no pointer into a stack frame that is gone.
struct operation : OVERLAPPED {
    explicit operation(HANDLE file) : OVERLAPPED{}, handle{file} { hEvent = event.get(); }
    explicit operation(SOCKET socket) : operation{reinterpret_cast<HANDLE>(socket)} {}
    ~operation() {
        if (!HasOverlappedIoCompleted(this))
            ::CancelIoEx(handle, this);
        while (!HasOverlappedIoCompleted(this))
            ::SwitchToThread();
    }
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    const HANDLE handle;
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)}; // manual-reset
    char data[16]{};
    WSABUF buffer{sizeof data, data};
    DWORD flags = 0;
    DWORD bytes = 0;
};

/// Starts a receive, and fails the test unless it is pending.
inline void start_receive(SOCKET socket, operation& receive) {
    ASSERT_EQ(::WSARecv(socket, &receive.buffer, 1, nullptr, &receive.flags, &receive, nullptr),
              SOCKET_ERROR);
    ASSERT_EQ(::WSAGetLastError(), WSA_IO_PENDING);
}

inline bool is_signalled(HANDLE handle) {
    return ::WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

inline bool becomes_signalled(HANDLE handle) {
    return ::WaitForSingleObject(handle, harness::deadline) == WAIT_OBJECT_0;
}

} // namespace event_test
