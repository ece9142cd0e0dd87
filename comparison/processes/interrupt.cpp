#include "interrupt.hpp"

#include "win32/error.hpp"

#include <atomic>

namespace comparison {

namespace {

// Not passed to the handler, because it takes no argument.
const stop_source& source() {
    static const stop_source one;
    return one;
}

// Runs on a thread that the system starts for it.
BOOL WINAPI on_console_event(DWORD event) {
    static std::atomic<bool> requested = false;
    const bool first = !requested.exchange(true);
    source().request_stop();
    // A closed console, a user who logs off: the process ends when the handler returns. So it stays
    // here, and main() has the seconds that Windows grants.
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        ::Sleep(INFINITE);
    return first; // FALSE: not handled, so the system ends the process
}

} // namespace

stop_token stop_on_ctrl_c() {
    stop_token token = source().get_token();
    // A process that was started in a new group ignores Ctrl+C until it is asked not to.
    ::SetConsoleCtrlHandler(nullptr, FALSE);
    if (!::SetConsoleCtrlHandler(on_console_event, TRUE))
        win32::throw_last_error("SetConsoleCtrlHandler");
    return token;
}

} // namespace comparison
