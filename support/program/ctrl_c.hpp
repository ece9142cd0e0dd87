/// \file
/// Ctrl+C, and the other ways in which a user ends a console program.
#pragma once

#include <functional>

namespace program {

/// The effect of a second Ctrl+C.
enum class second_ctrl_c {
    is_ignored,       ///< the program ends in its own time
    ends_the_process, ///< at once, whatever the program still has to do
};

/// Calls `request` when the user first presses Ctrl+C or Ctrl+Break, closes the console, or logs
/// off. It runs on a thread of the system's.
///
/// In the last two cases Windows ends the process as soon as the handler returns. So the handler
/// stays, and the program has the few seconds that Windows grants.
///
/// One at a time in a process. Throws std::system_error. Source:
/// https://learn.microsoft.com/windows/console/handlerroutine
void handle_ctrl_c(std::function<void()> request, second_ctrl_c second);

/// Leaves Ctrl+C to the system again, which ends the process. `request` does not run any more when
/// this returns.
void release_ctrl_c() noexcept;

/// Waits for the thread that has called `request` at a Ctrl+C or Ctrl+Break, for a second at most;
/// returns at once if there was none. A program calls it last. The thread of a closed console, or
/// of a logoff, is not waited for: it stays until the process is gone.
///
/// Windows needs no such wait. Under Wine 8 a process that ends while that thread ends is now and
/// then killed by SIGSEGV in Wine's own code, and its exit code is lost.
void wait_for_the_handler() noexcept;

/// Lets Ctrl+C reach a process that was started without it, as the first one of a new process
/// group is. A program that runs until Ctrl+C needs that; any other obeys the program that started
/// it. Source: https://learn.microsoft.com/windows/console/setconsolectrlhandler
void hear_ctrl_c() noexcept;

} // namespace program
