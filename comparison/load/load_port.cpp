#include "load_port.hpp"

#include "load_client.hpp"
#include "win32/error.hpp"

#include <algorithm>

namespace comparison {

using std::chrono::milliseconds;

load_port::load_port() : port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)} {
    if (!port_)
        win32::throw_last_error("CreateIoCompletionPort");
}

void load_port::add(SOCKET socket, on_success what) {
    const HANDLE handle = reinterpret_cast<HANDLE>(socket);
    if (::CreateIoCompletionPort(handle, port_.get(), 0, 0) == nullptr)
        win32::throw_last_error("CreateIoCompletionPort");
    if (what == on_success::no_packet &&
        !::SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        win32::throw_last_error("SetFileCompletionNotificationModes");
}

std::optional<DWORD> load_port::receive(operation& op, std::span<char> memory) {
    static_cast<OVERLAPPED&>(op) = OVERLAPPED{};
    WSABUF buffer{static_cast<ULONG>(memory.size()), memory.data()};
    DWORD flags = 0;
    const int result = ::WSARecv(op.owner.socket.get(), &buffer, 1, nullptr, &flags, &op, nullptr);
    return started(op, result, "WSARecv");
}

std::optional<DWORD> load_port::send(operation& op, std::span<char> memory) {
    static_cast<OVERLAPPED&>(op) = OVERLAPPED{};
    WSABUF buffer{static_cast<ULONG>(memory.size()), memory.data()};
    const int result = ::WSASend(op.owner.socket.get(), &buffer, 1, nullptr, 0, &op, nullptr);
    return started(op, result, "WSASend");
}

// Sorts the ways in which a call can start an operation. No packet comes for an operation that
// fails at once, and with on_success::no_packet none for one that succeeds at once.
std::optional<DWORD> load_port::started(operation& op, int result, const char* call) {
    const DWORD error = result == 0 ? 0 : static_cast<DWORD>(::WSAGetLastError());
    if (error != 0 && error != WSA_IO_PENDING)
        win32::throw_error(error, call);
    if (error == 0 && op.owner.success_mode == on_success::no_packet)
        return result_of(op);
    op.in_flight = true;
    ++in_flight_;
    return std::nullopt;
}

// Fetches many packets at a time and returns them one by one. The others stay in flight until then:
// the handler of one may throw.
operation* load_port::next(moment until) {
    if (next_packet_ == packet_count_) {
        next_packet_ = packet_count_ = 0;
        const moment begin = clock::now();
        const auto left = std::chrono::ceil<milliseconds>(until - begin);
        const auto timeout = static_cast<DWORD>(std::max(left, milliseconds{0}).count());
        const BOOL fetched = ::GetQueuedCompletionStatusEx(port_.get(), packets_.data(),
                                                           static_cast<ULONG>(packets_.size()),
                                                           &packet_count_, timeout, FALSE);
        const DWORD error = ::GetLastError();
        waited_ += clock::now() - begin;
        if (!fetched) {
            packet_count_ = 0;
            if (error == WAIT_TIMEOUT)
                return nullptr;
            win32::throw_error(error, "GetQueuedCompletionStatusEx");
        }
    }
    operation& op = *static_cast<operation*>(packets_[next_packet_++].lpOverlapped);
    op.in_flight = false;
    --in_flight_;
    return &op;
}

// Calls WSAGetOverlappedResult for Winsock's error: a packet of GetQueuedCompletionStatusEx has
// only an NTSTATUS.
DWORD load_port::result_of(operation& op) {
    load_client& c = op.owner;
    DWORD bytes = 0;
    DWORD flags = 0;
    if (!::WSAGetOverlappedResult(c.socket.get(), &op, &bytes, FALSE, &flags))
        win32::throw_last_socket_error(&op == &c.send ? "WSASend" : "WSARecv");
    return bytes;
}

} // namespace comparison
