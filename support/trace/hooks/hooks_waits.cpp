// Wraps the waits, and the call that ends one on an address. A wait for several objects has no
// handle.

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

// In the two calls below the address stands in the place of a handle: it joins a sleep to what ends
// it.

BOOL WINAPI hook_WaitOnAddress(volatile void* address, void* compare, SIZE_T size,
                               DWORD milliseconds) {
    recorded_call recorded{call::WaitOnAddress, const_cast<void*>(address)};
    recorded.patience(milliseconds);
    const BOOL result = recorded.returned(FALSE, original<call::WaitOnAddress>(::WaitOnAddress)(
                                                     address, compare, size, milliseconds));
    if (!result && recorded.error() == ERROR_TIMEOUT)
        recorded.timed_out();
    return result;
}

void WINAPI hook_WakeByAddressSingle(void* address) {
    recorded_call recorded{call::WakeByAddressSingle, address};
    original<call::WakeByAddressSingle>(::WakeByAddressSingle)(address);
    recorded.returned(FALSE, TRUE);
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
        make_hook(call::WaitOnAddress, ::WaitOnAddress, hook_WaitOnAddress),
        make_hook(call::WakeByAddressSingle, ::WakeByAddressSingle, hook_WakeByAddressSingle),
        make_hook(call::WSAWaitForMultipleEvents, ::WSAWaitForMultipleEvents,
                  hook_WSAWaitForMultipleEvents),
    };
    return hooks;
}

} // namespace trace
