#include "completion_port.hpp"

#include "win32/error.hpp"

#include <algorithm>

namespace iocp {

completion_port::completion_port(DWORD concurrency)
    : port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, concurrency)} {
    if (!port_)
        win32::throw_last_error("CreateIoCompletionPort");
}

// No handle needs a key: an operation knows its owner.
void completion_port::associate(HANDLE file, std::string_view object) {
    if (!::CreateIoCompletionPort(file, port_.get(), 0, 0))
        win32::throw_last_error("CreateIoCompletionPort", object);
}

bool completion_port::associate(SOCKET socket) noexcept {
    return ::CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port_.get(), 0, 0) != nullptr;
}

bool completion_port::can_skip_packets(SOCKET socket) noexcept {
    WSAPROTOCOL_INFOW provider{};
    int size = sizeof provider;
    return ::getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&provider),
                        &size) == 0 &&
           (provider.dwServiceFlags1 & XP1_IFS_HANDLES) != 0;
}

bool completion_port::skip_packet_on_success(SOCKET socket) noexcept {
    return ::SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(socket),
                                                FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                                                    FILE_SKIP_SET_EVENT_ON_HANDLE) != FALSE;
}

bool completion_port::cancel(HANDLE file, operation* what) noexcept {
    return ::CancelIoEx(file, what) || ::GetLastError() == ERROR_NOT_FOUND;
}

bool completion_port::post(operation* what, DWORD bytes) noexcept {
    return ::PostQueuedCompletionStatus(port_.get(), bytes, 0, what) != FALSE;
}

//! [collect]
ULONG completion_port::collect(std::span<OVERLAPPED_ENTRY> packets, DWORD milliseconds) noexcept {
    ULONG count = 0;
    if (::GetQueuedCompletionStatusEx(port_.get(), packets.data(),
                                      static_cast<ULONG>(packets.size()), &count, milliseconds,
                                      FALSE))
        return count;
    constexpr DWORD pause = 10;
    if (::GetLastError() != WAIT_TIMEOUT)
        ::Sleep(std::min(pause, milliseconds));
    return 0;
}
//! [collect]

} // namespace iocp
