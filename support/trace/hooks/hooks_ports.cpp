// Wraps the calls of completion ports.

#include "hooks.hpp"
#include "win32/ntdll.hpp"

namespace trace {

namespace {

HANDLE WINAPI hook_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads) {
    recorded_call recorded{call::CreateIoCompletionPort, file};
    return recorded.returned(
        HANDLE{nullptr},
        original<call::CreateIoCompletionPort>(::CreateIoCompletionPort)(file, port, key, threads));
}

BOOL WINAPI hook_GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, PULONG_PTR key,
                                           LPOVERLAPPED* overlapped, DWORD milliseconds) {
    recorded_call recorded{call::GetQueuedCompletionStatus, port};
    recorded.patience(milliseconds);
    const BOOL good = recorded.returned(
        FALSE, original<call::GetQueuedCompletionStatus>(::GetQueuedCompletionStatus)(
                   port, bytes, key, overlapped, milliseconds));
    if (overlapped != nullptr && *overlapped != nullptr)
        recorded.collected(*overlapped, *bytes, good ? 0 : recorded.error());
    else if (!good && recorded.error() == WAIT_TIMEOUT)
        recorded.timed_out();
    return good;
}

// The error of an entry. GetQueuedCompletionStatusEx tells of a failure only by the status that the
// system keeps in `Internal`.
DWORD error_of(const OVERLAPPED_ENTRY& entry) {
    static const auto to_error = win32::ntdll_function<ULONG WINAPI(LONG)>("RtlNtStatusToDosError");
    return to_error(static_cast<LONG>(entry.Internal));
}

BOOL WINAPI hook_GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG count,
                                             PULONG removed, DWORD milliseconds, BOOL alertable) {
    recorded_call recorded{call::GetQueuedCompletionStatusEx, port};
    recorded.alertable(alertable);
    recorded.patience(milliseconds);
    const BOOL good = recorded.returned(
        FALSE, original<call::GetQueuedCompletionStatusEx>(::GetQueuedCompletionStatusEx)(
                   port, entries, count, removed, milliseconds, alertable));
    if (!good && recorded.error() == WAIT_TIMEOUT)
        recorded.timed_out();
    for (ULONG i = 0; good && i < *removed; ++i)
        if (entries[i].lpOverlapped != nullptr)
            recorded.collected(entries[i].lpOverlapped, entries[i].dwNumberOfBytesTransferred,
                               error_of(entries[i]));
    return good;
}

BOOL WINAPI hook_PostQueuedCompletionStatus(HANDLE port, DWORD bytes, ULONG_PTR key,
                                            LPOVERLAPPED overlapped) {
    recorded_call recorded{call::PostQueuedCompletionStatus, port};
    return recorded.returned(FALSE,
                             original<call::PostQueuedCompletionStatus>(
                                 ::PostQueuedCompletionStatus)(port, bytes, key, overlapped));
}

} // namespace

std::span<const hook> port_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::CreateIoCompletionPort, ::CreateIoCompletionPort,
                  hook_CreateIoCompletionPort),
        make_hook(call::GetQueuedCompletionStatus, ::GetQueuedCompletionStatus,
                  hook_GetQueuedCompletionStatus),
        make_hook(call::GetQueuedCompletionStatusEx, ::GetQueuedCompletionStatusEx,
                  hook_GetQueuedCompletionStatusEx),
        make_hook(call::PostQueuedCompletionStatus, ::PostQueuedCompletionStatus,
                  hook_PostQueuedCompletionStatus),
    };
    return hooks;
}

} // namespace trace
