/// \file
/// The port itself: handles go in once, packets come out.
#pragma once

#include "operation.hpp"

#include "win32/unique_resource.hpp"

#include <span>
#include <string_view>

namespace iocp {

/// A completion port, whose packets are of operations (operation.hpp) or of nobody.
///
/// Threads: all functions from any thread, and at once. Source:
/// https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports
class completion_port {
public:
    /// `concurrency` is how many threads Windows lets run at once; 0: as many as there are
    /// processors. Throws std::system_error.
    explicit completion_port(DWORD concurrency);

    /// From now on the operations of `file` end here. `file` must have been opened for overlapped
    /// use, and must not be on a port already. It leaves the port when it is closed.
    /// Throws std::system_error that names `object`.
    void associate(HANDLE file, std::string_view object = {});

    /// The same for a socket. False: it could not be done, and ::WSAGetLastError() says why.
    [[nodiscard]] bool associate(SOCKET socket) noexcept;

    /// Whether skip_packet_on_success() may be asked for sockets such as this one. Some old
    /// programs (filters of children's web pages, say) put a provider of their own between Winsock
    /// and TCP. Of these some give out sockets that are no handles of the kernel's; there the call
    /// succeeds, and from then on no packet comes, also not of an operation that was pending.
    /// Source:
    /// https://learn.microsoft.com/troubleshoot/windows/win32/setfilecompletionnotificationmodes-causes-io-completion
    [[nodiscard]] static bool can_skip_packets(SOCKET socket) noexcept;

    /// Asks that an operation of `socket` that succeeds at once queues no packet: its result is
    /// known then, and the way through the queue can be spared. False: it cannot be done, and there
    /// will be packets as ever. Source:
    /// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes
    [[nodiscard]] static bool skip_packet_on_success(SOCKET socket) noexcept;

    /// Cancels `what`, or when that is null all that is in flight on `file`. The packets come all
    /// the same. That there was nothing to cancel is no failure. False: it could not be done (there
    /// was no memory), and has to be tried again by whoever waits for those packets. Source:
    /// https://learn.microsoft.com/windows/win32/fileio/cancelioex-func
    [[nodiscard]] static bool cancel(HANDLE file, operation* what = nullptr) noexcept;

    /// Queues a packet. `what` null: it only wakes a thread. False: there is no memory for it.
    /// Lifetime: `what` lives until the packet is collected.
    [[nodiscard]] bool post(operation* what, DWORD bytes = 0) noexcept;

    /// Waits for packets, `milliseconds` at the longest, and takes as many as there are and as
    /// `packets` has room for. Returns how many; 0: the time was up, or Windows has failed.
    ///
    /// When it fails (there is no memory, say), nothing has been taken out: the packets are in the
    /// port still, and with them all that was lent to Windows. So the caller can only ask again; to
    /// end the thread, or to free anything, would be wrong. This function makes a short pause then,
    /// so that those who ask again do not take up the processors. The one failure that no asking
    /// helps against is that some other part of the program has closed this handle by mistake.
    [[nodiscard]] ULONG collect(std::span<OVERLAPPED_ENTRY> packets, DWORD milliseconds) noexcept;

private:
    win32::unique_handle port_;
};

} // namespace iocp
