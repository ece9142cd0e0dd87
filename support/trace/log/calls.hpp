/// \file
/// The calls that are recorded: their names, their libraries, and their kinds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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
    CreateThreadpoolIo,
    WaitForSingleObject,
    WaitForSingleObjectEx,
    WaitForMultipleObjects,
    WaitForMultipleObjectsEx,
    SleepEx,
    WaitOnAddress,
    WakeByAddressSingle,
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

/// The purpose of a call. Recordings and results have the kind beside the name of each call, and
/// all counting and drawing goes by it: there is no other list.
///
/// GetOverlappedResult and its like neither move bytes nor count as calls that wait. As a rule a
/// program asks them for the result of an operation that is done, after a wait that counts. They
/// wait only when they are called with bWait TRUE before the operation is done.
enum class call_kind : std::uint8_t {
    receive, ///< brings bytes in, or starts to
    send,    ///< takes bytes out, or starts to
    wait,    ///< waits until something is ready or done; but a `recv` that waits is a receive
    collect, ///< asks for the result of one operation, and may wait for it
    connect, ///< makes or ends a connection, or starts to
    other,   ///< never keeps its thread waiting
};

/// The names of the kinds in recordings and results, in the order of the enumeration.
inline constexpr std::array<const char*, 6> kind_names{"receive", "send",    "wait",
                                                       "collect", "connect", "other"};

/// One call.
struct call_info {
    const char* name;
    const wchar_t* library; ///< the DLL that exports it; null if a socket hands it out, by WSAIoctl
    call_kind kind;
};

/// One entry for each call, in the order of the enumeration.
inline constexpr std::array<call_info, call_count> call_table{{
    {"ReadFile", L"kernel32.dll", call_kind::receive},
    {"ReadFileEx", L"kernel32.dll", call_kind::receive},
    {"WriteFile", L"kernel32.dll", call_kind::send},
    {"WriteFileEx", L"kernel32.dll", call_kind::send},
    {"GetOverlappedResult", L"kernel32.dll", call_kind::collect},
    {"GetOverlappedResultEx", L"kernel32.dll", call_kind::collect},
    {"CancelIo", L"kernel32.dll", call_kind::other},
    {"CancelIoEx", L"kernel32.dll", call_kind::other},
    {"CreateIoCompletionPort", L"kernel32.dll", call_kind::other},
    {"GetQueuedCompletionStatus", L"kernel32.dll", call_kind::wait},
    {"GetQueuedCompletionStatusEx", L"kernel32.dll", call_kind::wait},
    {"PostQueuedCompletionStatus", L"kernel32.dll", call_kind::other},
    {"CreateThreadpoolIo", L"kernel32.dll", call_kind::other},
    {"WaitForSingleObject", L"kernel32.dll", call_kind::wait},
    {"WaitForSingleObjectEx", L"kernel32.dll", call_kind::wait},
    {"WaitForMultipleObjects", L"kernel32.dll", call_kind::wait},
    {"WaitForMultipleObjectsEx", L"kernel32.dll", call_kind::wait},
    {"SleepEx", L"kernel32.dll", call_kind::wait},
    {"WaitOnAddress", L"kernelbase.dll", call_kind::wait},
    {"WakeByAddressSingle", L"kernelbase.dll", call_kind::other},
    {"accept", L"ws2_32.dll", call_kind::connect},
    {"connect", L"ws2_32.dll", call_kind::connect},
    {"recv", L"ws2_32.dll", call_kind::receive},
    {"send", L"ws2_32.dll", call_kind::send},
    {"select", L"ws2_32.dll", call_kind::wait},
    {"WSAPoll", L"ws2_32.dll", call_kind::wait},
    {"ioctlsocket", L"ws2_32.dll", call_kind::other},
    {"closesocket", L"ws2_32.dll", call_kind::other},
    {"shutdown", L"ws2_32.dll", call_kind::other},
    {"WSARecv", L"ws2_32.dll", call_kind::receive},
    {"WSASend", L"ws2_32.dll", call_kind::send},
    {"WSAGetOverlappedResult", L"ws2_32.dll", call_kind::collect},
    {"WSAWaitForMultipleEvents", L"ws2_32.dll", call_kind::wait},
    {"AcceptEx", nullptr, call_kind::connect},
    {"ConnectEx", nullptr, call_kind::connect},
    {"DisconnectEx", nullptr, call_kind::connect},
    {"TransmitFile", nullptr, call_kind::send},
}};

[[nodiscard]] constexpr const call_info& info(call which) noexcept {
    return call_table[static_cast<std::size_t>(which)];
}

/// The kind of the call of that name; `other` when no call that is recorded has it.
[[nodiscard]] constexpr call_kind kind_of(std::string_view name) noexcept {
    for (const call_info& each : call_table)
        if (name == each.name)
            return each.kind;
    return call_kind::other;
}

/// The name of what Windows calls back when an operation is done, by the call that has agreed on
/// it.
[[nodiscard]] constexpr const char* callback_name(call agreed_by) noexcept {
    return agreed_by == call::CreateThreadpoolIo ? "pool callback" : "completion routine";
}

[[nodiscard]] constexpr const char* name_of(call_kind kind) noexcept {
    return kind_names[static_cast<std::size_t>(kind)];
}

/// Whether a call of that kind is an I/O call: one that moves bytes, or starts to.
[[nodiscard]] constexpr bool moves_bytes(call_kind kind) noexcept {
    return kind == call_kind::receive || kind == call_kind::send;
}

} // namespace trace
