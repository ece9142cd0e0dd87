/// \file
/// The calls that are recorded: their names, where they are exported, and what is known of each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace trace {

/// Every call that is recorded, under Windows' own name.
enum class call : std::uint8_t {
    ReadFile,
    ReadFileEx,
    WriteFile,
    WriteFileEx,
    GetOverlappedResult,
    GetOverlappedResultEx,
    CancelIo,
    CancelIoEx,
    CreateIoCompletionPort,
    GetQueuedCompletionStatus,
    GetQueuedCompletionStatusEx,
    PostQueuedCompletionStatus,
    WaitForSingleObject,
    WaitForSingleObjectEx,
    WaitForMultipleObjects,
    WaitForMultipleObjectsEx,
    SleepEx,
    accept,
    connect,
    recv,
    send,
    select,
    WSAPoll,
    ioctlsocket,
    closesocket,
    shutdown,
    WSARecv,
    WSASend,
    WSAGetOverlappedResult,
    WSAWaitForMultipleEvents,
    AcceptEx,
    ConnectEx,
    DisconnectEx,
    TransmitFile,
};

inline constexpr std::size_t call_count = static_cast<std::size_t>(call::TransmitFile) + 1;

/// What is known of a call.
struct call_info {
    const char* name;
    const wchar_t* library; ///< that exports it; null: it is asked of a socket, with WSAIoctl
    bool waits;             ///< it may keep its thread waiting
    bool receives;          ///< it brings bytes in
};

/// One entry for each call, in the order of the enumeration.
inline constexpr std::array<call_info, call_count> call_table{{
    {"ReadFile", L"kernel32.dll", true, true},
    {"ReadFileEx", L"kernel32.dll", false, true},
    {"WriteFile", L"kernel32.dll", true, false},
    {"WriteFileEx", L"kernel32.dll", false, false},
    {"GetOverlappedResult", L"kernel32.dll", true, false},
    {"GetOverlappedResultEx", L"kernel32.dll", true, false},
    {"CancelIo", L"kernel32.dll", false, false},
    {"CancelIoEx", L"kernel32.dll", false, false},
    {"CreateIoCompletionPort", L"kernel32.dll", false, false},
    {"GetQueuedCompletionStatus", L"kernel32.dll", true, false},
    {"GetQueuedCompletionStatusEx", L"kernel32.dll", true, false},
    {"PostQueuedCompletionStatus", L"kernel32.dll", false, false},
    {"WaitForSingleObject", L"kernel32.dll", true, false},
    {"WaitForSingleObjectEx", L"kernel32.dll", true, false},
    {"WaitForMultipleObjects", L"kernel32.dll", true, false},
    {"WaitForMultipleObjectsEx", L"kernel32.dll", true, false},
    {"SleepEx", L"kernel32.dll", true, false},
    {"accept", L"ws2_32.dll", true, false},
    {"connect", L"ws2_32.dll", true, false},
    {"recv", L"ws2_32.dll", true, true},
    {"send", L"ws2_32.dll", true, false},
    {"select", L"ws2_32.dll", true, false},
    {"WSAPoll", L"ws2_32.dll", true, false},
    {"ioctlsocket", L"ws2_32.dll", false, false},
    {"closesocket", L"ws2_32.dll", false, false},
    {"shutdown", L"ws2_32.dll", false, false},
    {"WSARecv", L"ws2_32.dll", true, true},
    {"WSASend", L"ws2_32.dll", true, false},
    {"WSAGetOverlappedResult", L"ws2_32.dll", true, false},
    {"WSAWaitForMultipleEvents", L"ws2_32.dll", true, false},
    {"AcceptEx", nullptr, false, false},
    {"ConnectEx", nullptr, false, false},
    {"DisconnectEx", nullptr, true, false},
    {"TransmitFile", nullptr, true, false},
}};

[[nodiscard]] constexpr const call_info& info(call which) noexcept {
    return call_table[static_cast<std::size_t>(which)];
}

} // namespace trace
