// Wraps the waits. A wait for several objects has no handle.

#include "hooks.hpp"

namespace trace {

namespace {

template <call Which, class Function, class... Arguments>
DWORD recorded_wait(Function* function, HANDLE object, DWORD milliseconds, BOOL alertable,
                    Arguments... arguments) {
    recorded_call recorded{Which, object};
    recorded.alertable(alertable);
    recorded.patience(milliseconds);
    const DWORD result = recorded.returned(WAIT_FAILED, original<Which>(function)(arguments...));
    if (result == WAIT_TIMEOUT)
        recorded.timed_out();
    return result;
}

DWORD WINAPI hook_WaitForSingleObject(HANDLE object, DWORD milliseconds) {
    return recorded_wait<call::WaitForSingleObject>(::WaitForSingleObject, object, milliseconds,
                                                    FALSE, object, milliseconds);
}

DWORD WINAPI hook_WaitForSingleObjectEx(HANDLE object, DWORD milliseconds, BOOL alertable) {
    return recorded_wait<call::WaitForSingleObjectEx>(::WaitForSingleObjectEx, object, milliseconds,
                                                      alertable, object, milliseconds, alertable);
}

DWORD WINAPI hook_WaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all,
                                         DWORD milliseconds) {
    return recorded_wait<call::WaitForMultipleObjects>(
        ::WaitForMultipleObjects, nullptr, milliseconds, FALSE, count, objects, all, milliseconds);
}

DWORD WINAPI hook_WaitForMultipleObjectsEx(DWORD count, const HANDLE* objects, BOOL all,
                                           DWORD milliseconds, BOOL alertable) {
    return recorded_wait<call::WaitForMultipleObjectsEx>(::WaitForMultipleObjectsEx, nullptr,
                                                         milliseconds, alertable, count, objects,
                                                         all, milliseconds, alertable);
}

DWORD WINAPI hook_SleepEx(DWORD milliseconds, BOOL alertable) {
    recorded_call recorded{call::SleepEx, HANDLE{nullptr}};
    recorded.alertable(alertable);
    recorded.patience(milliseconds);
    const DWORD result =
        recorded.returned(WAIT_FAILED, original<call::SleepEx>(::SleepEx)(milliseconds, alertable));
    if (result == 0)
        recorded.timed_out();
    return result;
}

DWORD WSAAPI hook_WSAWaitForMultipleEvents(DWORD count, const WSAEVENT* events, BOOL all,
                                           DWORD milliseconds, BOOL alertable) {
    return recorded_wait<call::WSAWaitForMultipleEvents>(::WSAWaitForMultipleEvents, nullptr,
                                                         milliseconds, alertable, count, events,
                                                         all, milliseconds, alertable);
}

} // namespace

std::span<const hook> wait_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::WaitForSingleObject, ::WaitForSingleObject, hook_WaitForSingleObject),
        make_hook(call::WaitForSingleObjectEx, ::WaitForSingleObjectEx, hook_WaitForSingleObjectEx),
        make_hook(call::WaitForMultipleObjects, ::WaitForMultipleObjects,
                  hook_WaitForMultipleObjects),
        make_hook(call::WaitForMultipleObjectsEx, ::WaitForMultipleObjectsEx,
                  hook_WaitForMultipleObjectsEx),
        make_hook(call::SleepEx, ::SleepEx, hook_SleepEx),
        make_hook(call::WSAWaitForMultipleEvents, ::WSAWaitForMultipleEvents,
                  hook_WSAWaitForMultipleEvents),
    };
    return hooks;
}

} // namespace trace
