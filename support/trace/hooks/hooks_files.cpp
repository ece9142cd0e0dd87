// Wraps the calls on files and pipes, and those that concern overlapped operations of any kind.

#include "hooks.hpp"

namespace trace {

namespace {

BOOL WINAPI hook_ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD read,
                          LPOVERLAPPED overlapped) {
    recorded_call recorded{call::ReadFile, file};
    recorded.issues(overlapped);
    const BOOL good = recorded.returned(
        FALSE, original<call::ReadFile>(::ReadFile)(file, buffer, size, read, overlapped));
    tell_bytes(recorded, good, read);
    return good;
}

BOOL WINAPI hook_WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD written,
                           LPOVERLAPPED overlapped) {
    recorded_call recorded{call::WriteFile, file};
    recorded.issues(overlapped);
    const BOOL good = recorded.returned(
        FALSE, original<call::WriteFile>(::WriteFile)(file, buffer, size, written, overlapped));
    tell_bytes(recorded, good, written);
    return good;
}

// The system calls this in place of the program's routine.
void CALLBACK run_routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped) {
    const recorded_routine recorded{overlapped, bytes, error};
    recorded.routine<LPOVERLAPPED_COMPLETION_ROUTINE>()(error, bytes, overlapped);
}

// The routine for a call that starts an operation, in place of the program's.
LPOVERLAPPED_COMPLETION_ROUTINE replaced(LPOVERLAPPED_COMPLETION_ROUTINE routine,
                                         LPOVERLAPPED overlapped, call which) {
    const bool ours =
        routine != nullptr && remember_routine(overlapped, reinterpret_cast<void*>(routine), which);
    return ours ? run_routine : routine;
}

// ReadFileEx and WriteFileEx say TRUE for an operation that goes on.
BOOL returned_ex(recorded_call& recorded, BOOL good, LPOVERLAPPED overlapped) {
    if (recorded.returned(FALSE, good))
        recorded.started();
    else
        forget_routine(overlapped);
    return good;
}

BOOL WINAPI hook_ReadFileEx(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                            LPOVERLAPPED_COMPLETION_ROUTINE routine) {
    recorded_call recorded{call::ReadFileEx, file};
    recorded.issues(overlapped);
    const BOOL good = original<call::ReadFileEx>(::ReadFileEx)(
        file, buffer, size, overlapped, replaced(routine, overlapped, call::ReadFileEx));
    return returned_ex(recorded, good, overlapped);
}

BOOL WINAPI hook_WriteFileEx(HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped,
                             LPOVERLAPPED_COMPLETION_ROUTINE routine) {
    recorded_call recorded{call::WriteFileEx, file};
    recorded.issues(overlapped);
    const BOOL good = original<call::WriteFileEx>(::WriteFileEx)(
        file, buffer, size, overlapped, replaced(routine, overlapped, call::WriteFileEx));
    return returned_ex(recorded, good, overlapped);
}

BOOL WINAPI hook_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
                                     BOOL wait) {
    recorded_call recorded{call::GetOverlappedResult, file};
    recorded.patience(wait ? INFINITE : 0);
    const BOOL good = recorded.returned(
        FALSE,
        original<call::GetOverlappedResult>(::GetOverlappedResult)(file, overlapped, bytes, wait));
    if (good || recorded.error() != ERROR_IO_INCOMPLETE)
        recorded.collected(overlapped, good ? *bytes : 0, good ? 0 : recorded.error());
    return good;
}

BOOL WINAPI hook_GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
                                       DWORD milliseconds, BOOL alertable) {
    recorded_call recorded{call::GetOverlappedResultEx, file};
    recorded.alertable(alertable);
    recorded.patience(milliseconds);
    const BOOL good =
        recorded.returned(FALSE, original<call::GetOverlappedResultEx>(::GetOverlappedResultEx)(
                                     file, overlapped, bytes, milliseconds, alertable));
    const DWORD error = recorded.error();
    if (!good && error == WAIT_TIMEOUT)
        recorded.timed_out();
    else if (good || (error != ERROR_IO_INCOMPLETE && error != WAIT_IO_COMPLETION))
        recorded.collected(overlapped, good ? *bytes : 0, good ? 0 : error);
    return good;
}

BOOL WINAPI hook_CancelIo(HANDLE file) {
    recorded_call recorded{call::CancelIo, file};
    return recorded.returned(FALSE, original<call::CancelIo>(::CancelIo)(file));
}

BOOL WINAPI hook_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped) {
    recorded_call recorded{call::CancelIoEx, file};
    return recorded.returned(FALSE, original<call::CancelIoEx>(::CancelIoEx)(file, overlapped));
}

} // namespace

std::span<const hook> file_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::ReadFile, ::ReadFile, hook_ReadFile),
        make_hook(call::ReadFileEx, ::ReadFileEx, hook_ReadFileEx),
        make_hook(call::WriteFile, ::WriteFile, hook_WriteFile),
        make_hook(call::WriteFileEx, ::WriteFileEx, hook_WriteFileEx),
        make_hook(call::GetOverlappedResult, ::GetOverlappedResult, hook_GetOverlappedResult),
        make_hook(call::GetOverlappedResultEx, ::GetOverlappedResultEx, hook_GetOverlappedResultEx),
        make_hook(call::CancelIo, ::CancelIo, hook_CancelIo),
        make_hook(call::CancelIoEx, ::CancelIoEx, hook_CancelIoEx),
    };
    return hooks;
}

} // namespace trace
