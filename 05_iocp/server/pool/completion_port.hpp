/// \file
/// The completion port itself.
#pragma once

#include "operation.hpp"

#include "win32/unique_resource.hpp"

#include <span>
#include <string_view>

namespace iocp {

/// A completion port. Each packet belongs to an operation (operation.hpp), or only wakes a thread.
///
/// Threads: all functions from any thread, and at once. Source:
/// https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports
class completion_port {
public:
    /// Makes a port from which Windows lets `concurrency` threads run at once; 0 is the number of
    /// processors. Throws std::system_error.
    explicit completion_port(DWORD concurrency);

    /// Lets the operations of `file` queue their packets here, until `file` is closed. `file` must
    /// have been opened for overlapped use, and must not be on a port already. Throws
    /// std::system_error that names `object`.
    void associate(HANDLE file, std::string_view object = {});

    /// Does the same for a socket. Returns false if that fails, with the error in
    /// ::WSAGetLastError().
    [[nodiscard]] bool associate(SOCKET socket) noexcept;

    /// Whether skip_packet_on_success() works for sockets such as this one. Some old programs, such
    /// as filters of web pages, put a provider of their own between Winsock and TCP. The sockets of
    /// some of these providers are no handles of the kernel. For such a socket the call succeeds,
    /// and from then on no packet comes, not even for an operation that was pending. Source:
    /// https://learn.microsoft.com/troubleshoot/windows/win32/setfilecompletionnotificationmodes-causes-io-completion
    [[nodiscard]] static bool can_skip_packets(SOCKET socket) noexcept;

    /// Switches skip mode on: an operation of `socket` that succeeds at once queues no packet,
    /// since its result is known already. Returns false if that fails; every operation queues a
    /// packet then. Source:
    /// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes
    [[nodiscard]] static bool skip_packet_on_success(SOCKET socket) noexcept;

    /// Cancels `what`, or every operation in flight on `file` if `what` is null. The packets come
    /// all the same. To have nothing to cancel is no failure. Returns false if cancelling fails,
    /// for want of memory say; a caller that waits for the packets must then try again. Source:
    /// https://learn.microsoft.com/windows/win32/fileio/cancelioex-func
    [[nodiscard]] static bool cancel(HANDLE file, operation* what = nullptr) noexcept;

    /// Queues a packet for `what`; if that is null, the packet only wakes a thread. Returns false
    /// if there is no memory for it. Lifetime: `what` lives until the packet is collected.
    [[nodiscard]] bool post(operation* what, DWORD bytes = 0) noexcept;

    /// Waits for packets for up to `milliseconds`, and takes as many as `packets` has room for.
    /// Returns their number, which is 0 if the time is up or the call has failed.
    ///
    /// A call that fails, for want of memory say, has taken nothing: the packets are still in the
    /// port, and Windows still owns the memory of their operations. The caller must not end its
    /// thread or free anything, but call again. After a failure this function makes a short pause,
    /// so that such callers do not take up the processors. Calling again does not help if another
    /// part of the program has closed this handle by mistake.
    [[nodiscard]] ULONG collect(std::span<OVERLAPPED_ENTRY> packets, DWORD milliseconds) noexcept;

private:
    win32::unique_handle port_;
};

} // namespace iocp
