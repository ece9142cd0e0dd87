#include "interrupt.hpp"

#include "win32/error.hpp"

#include <condition_variable>
#include <mutex>

namespace comparison {

namespace {

// Global, because the handler takes no argument.
std::stop_source source;

// Runs on a thread that the system starts for it.
BOOL WINAPI on_console_event(DWORD event) {
    const bool first = source.request_stop();
    // A closed console, a user who logs off: the process ends when the handler returns. So it stays
    // here, and main() has the seconds that Windows grants.
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        ::Sleep(INFINITE);
    return first; // FALSE: not handled, so the system ends the process
}

} // namespace

std::stop_token stop_on_ctrl_c() {
    // A process that was started in a new group ignores Ctrl+C until it is asked not to.
    ::SetConsoleCtrlHandler(nullptr, FALSE);
    if (!::SetConsoleCtrlHandler(on_console_event, TRUE))
        win32::throw_last_error("SetConsoleCtrlHandler");
    return source.get_token();
}

void pause(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any nobody_notifies;
    std::unique_lock lock{mutex};
    if (nobody_notifies.wait_for(lock, stop, time, [&] { return stop.stop_requested(); }))
        throw interrupted{};
}

} // namespace comparison
