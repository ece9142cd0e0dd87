// Part of a program that the check of an exercise starts: says in one line that it crashes, and
// ends it. Windows would show a window and wait, and Wine start a debugger.
#include "win32/windows.hpp"

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

[[maybe_unused]] const LPTOP_LEVEL_EXCEPTION_FILTER before =
    ::SetUnhandledExceptionFilter(on_crash);

} // namespace
