#include "ctrl_c.hpp"

#include "win32/error.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace program {

namespace {

struct handler {
    std::atomic<bool> pressed{false};
    std::atomic<second_ctrl_c> second{second_ctrl_c::is_ignored};
    std::mutex mutex;
    std::function<void()> request; // under the mutex
    // Calls `request` at a Ctrl+C. Never closed, because the main thread may be waiting for it.
    std::atomic<HANDLE> thread{nullptr};
};

// A global, because the system's handler takes no argument; never destroyed, because that handler
// may run until the process is gone.
handler& the_handler() {
    static handler& one = *new handler; // NOLINT
    return one;
}

BOOL WINAPI on_console_event(DWORD event) {
    handler& self = the_handler();
    const bool process_goes_on = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
    const bool again = self.pressed.exchange(true);
    if (!again) {
        if (process_goes_on)
            self.thread = ::OpenThread(SYNCHRONIZE, FALSE, ::GetCurrentThreadId());
        const std::lock_guard lock{self.mutex};
        if (self.request)
            self.request();
    }
    if (!process_goes_on)
        ::Sleep(INFINITE);
    // FALSE: not handled, so the system ends the process.
    return again && self.second == second_ctrl_c::ends_the_process ? FALSE : TRUE;
}

} // namespace

void handle_ctrl_c(std::function<void()> request, second_ctrl_c second) {
    handler& self = the_handler();
    {
        const std::lock_guard lock{self.mutex};
        self.request = std::move(request);
        self.second = second;
        self.pressed = false;
    }
    if (!::SetConsoleCtrlHandler(on_console_event, TRUE))
        win32::throw_last_error("SetConsoleCtrlHandler");
}

void release_ctrl_c() noexcept {
    ::SetConsoleCtrlHandler(on_console_event, FALSE);
    handler& self = the_handler();
    const std::lock_guard lock{self.mutex};
    self.request = nullptr;
}

void wait_for_the_handler() noexcept {
    if (const HANDLE thread = the_handler().thread)
        ::WaitForSingleObject(thread, 1000); // a request that hangs must not hold up the end
}

void hear_ctrl_c() noexcept {
    ::SetConsoleCtrlHandler(nullptr, FALSE);
}

} // namespace program
