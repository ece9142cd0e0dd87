// Waits. One for several objects has no handle.

#include "hooks.hpp"
#include "trace/log/span.hpp"

namespace trace {

namespace {

DWORD returned(span& span, DWORD result) {
    span.returned(result != WAIT_FAILED);
    if (result == WAIT_TIMEOUT)
        span.timed_out();
    return result;
}

DWORD WINAPI hook_WaitForSingleObject(HANDLE object, DWORD milliseconds) {
    span span{call::WaitForSingleObject, object};
    span.patience(milliseconds);
    return returned(
        span, original<call::WaitForSingleObject>(::WaitForSingleObject)(object, milliseconds));
}

DWORD WINAPI hook_WaitForSingleObjectEx(HANDLE object, DWORD milliseconds, BOOL alertable) {
    span span{call::WaitForSingleObjectEx, object};
    span.alertable(alertable);
    span.patience(milliseconds);
    return returned(span, original<call::WaitForSingleObjectEx>(::WaitForSingleObjectEx)(
                              object, milliseconds, alertable));
}

DWORD WINAPI hook_WaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all,
                                         DWORD milliseconds) {
    span span{call::WaitForMultipleObjects, HANDLE{nullptr}};
    span.patience(milliseconds);
    return returned(span, original<call::WaitForMultipleObjects>(::WaitForMultipleObjects)(
                              count, objects, all, milliseconds));
}

DWORD WINAPI hook_WaitForMultipleObjectsEx(DWORD count, const HANDLE* objects, BOOL all,
                                           DWORD milliseconds, BOOL alertable) {
    span span{call::WaitForMultipleObjectsEx, HANDLE{nullptr}};
    span.alertable(alertable);
    span.patience(milliseconds);
    return returned(span, original<call::WaitForMultipleObjectsEx>(::WaitForMultipleObjectsEx)(
                              count, objects, all, milliseconds, alertable));
}

DWORD WINAPI hook_SleepEx(DWORD milliseconds, BOOL alertable) {
    span span{call::SleepEx, HANDLE{nullptr}};
    span.alertable(alertable);
    span.patience(milliseconds);
    const DWORD result = original<call::SleepEx>(::SleepEx)(milliseconds, alertable);
    span.returned(true);
    if (result == 0)
        span.timed_out();
    return result;
}

DWORD WSAAPI hook_WSAWaitForMultipleEvents(DWORD count, const WSAEVENT* events, BOOL all,
                                           DWORD milliseconds, BOOL alertable) {
    span span{call::WSAWaitForMultipleEvents, HANDLE{nullptr}};
    span.alertable(alertable);
    span.patience(milliseconds);
    return returned(span, original<call::WSAWaitForMultipleEvents>(::WSAWaitForMultipleEvents)(
                              count, events, all, milliseconds, alertable));
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
