#include "interrupt.hpp"

#include "win32/error.hpp"

#include <atomic>

namespace comparison {

namespace {

// The source of the one token. It is static, because the handler takes no argument.
const stop_source& source() {
    static const stop_source one;
    return one;
}

// Runs on a thread that the system starts for it.
BOOL WINAPI on_console_event(DWORD event) {
    static std::atomic<bool> requested = false;
    const bool first = !requested.exchange(true);
    source().request_stop();
    // When the console is closed or the user logs off, the process ends as soon as the handler
    // returns. So it does not return, and main() has the few seconds that Windows grants.
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        ::Sleep(INFINITE);
    return first; // FALSE: not handled, so the system ends the process
}

} // namespace

stop_token stop_on_ctrl_c() {
    stop_token token = source().get_token();
    // Switch Ctrl+C on: a process that was started in a new group ignores it.
    ::SetConsoleCtrlHandler(nullptr, FALSE);
    if (!::SetConsoleCtrlHandler(on_console_event, TRUE))
        win32::throw_last_error("SetConsoleCtrlHandler");
    return token;
}

} // namespace comparison
