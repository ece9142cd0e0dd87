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

    /// Asks that an operation of `socket` that succeeds at once queues no packet: its result is
    /// known then, and the way through the queue can be spared. False: Windows cannot (a
    /// provider of the old kind is in between), and there will be packets as ever. Source:
    /// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes
    [[nodiscard]] static bool skip_packet_on_success(SOCKET socket) noexcept;

    /// Queues a packet. `what` null: it only wakes a thread. False: there is no memory for it.
    /// Lifetime: `what` lives until the packet is collected.
    [[nodiscard]] bool post(operation* what, DWORD bytes = 0) noexcept;

    /// Waits for packets, `milliseconds` at the longest, and takes as many as there are and as
    /// `packets` has room for. Returns how many; 0: the time was up.
    [[nodiscard]] ULONG collect(std::span<OVERLAPPED_ENTRY> packets, DWORD milliseconds) noexcept;

private:
    win32::unique_handle port_;
};

} // namespace iocp
