// Part of a program that the check of an exercise starts: says in one line that it crashes or
// aborts, and ends it. Windows would show a window and wait, and Wine start a debugger.
#include "win32/windows.hpp"

#include <csignal>
#include <cstdio>

namespace {

LONG WINAPI on_crash(EXCEPTION_POINTERS* what) {
    const EXCEPTION_RECORD& record = *what->ExceptionRecord;
    if (record.ExceptionCode == EXCEPTION_ACCESS_VIOLATION)
        std::fprintf(stderr, "it used memory at %p, which is not its own (any more)\n",
                     reinterpret_cast<void*>(record.ExceptionInformation[1]));
    std::fflush(stderr);
    ::TerminateProcess(::GetCurrentProcess(), record.ExceptionCode);
    return EXCEPTION_EXECUTE_HANDLER;
}

void on_abort(int) {
    std::fputs(
        "it has ended itself (abort): by an assertion, or an exception that nothing has caught\n",
        stderr);
    std::fflush(stderr);
    ::TerminateProcess(::GetCurrentProcess(), 3);
}

[[maybe_unused]] const bool prepared = [] {
    // Unbuffered: what it has printed before it crashes is what tells where it was.
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::signal(SIGABRT, on_abort);
    ::SetUnhandledExceptionFilter(on_crash);
    return true;
}();

} // namespace
