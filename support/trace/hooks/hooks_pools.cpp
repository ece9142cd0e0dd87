// Wraps the call that puts a handle on Windows' own thread pool. The pool takes the packets itself,
// with no call that could be wrapped: so its callbacks are.

#include "hooks.hpp"

#include <new>

namespace trace {

namespace {

// What the program has given for the callbacks of one handle.
struct pool_callback {
    PTP_WIN32_IO_CALLBACK function;
    void* context;
};

// The pool calls this in place of the program's callback.
void CALLBACK run_callback(PTP_CALLBACK_INSTANCE instance, void* context, void* overlapped,
                           ULONG error, ULONG_PTR bytes, PTP_IO io) {
    const pool_callback own = *static_cast<const pool_callback*>(context);
    const recorded_routine recorded{static_cast<const OVERLAPPED*>(overlapped),
                                    static_cast<DWORD>(bytes), error, call::CreateThreadpoolIo};
    own.function(instance, own.context, overlapped, error, bytes, io);
}

PTP_IO WINAPI hook_CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context,
                                      PTP_CALLBACK_ENVIRON environment) {
    recorded_call recorded{call::CreateThreadpoolIo, file};
    const auto pass_on = original<call::CreateThreadpoolIo>(::CreateThreadpoolIo);
    // Kept for good: callbacks may come when the recording is over, and nothing tells of the last
    // one. Without memory for it the callbacks stay unseen.
    auto* const own = new (std::nothrow) pool_callback{callback, context};
    if (own == nullptr)
        return recorded.returned(PTP_IO{nullptr}, pass_on(file, callback, context, environment));
    const PTP_IO io =
        recorded.returned(PTP_IO{nullptr}, pass_on(file, run_callback, own, environment));
    if (io == nullptr)
        delete own;
    return io;
}

} // namespace

std::span<const hook> pool_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::CreateThreadpoolIo, ::CreateThreadpoolIo, hook_CreateThreadpoolIo),
    };
    return hooks;
}

} // namespace trace
