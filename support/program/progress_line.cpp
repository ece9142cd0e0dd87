#include "progress_line.hpp"

#include "win32/windows.hpp"

#include <atomic>
#include <cstdio>
#include <stdexcept>

namespace program {

namespace {

// Set by the console's handler, which runs on a thread of its own and takes no argument.
std::atomic<bool> interrupted{false};

BOOL WINAPI on_console_event(DWORD event) {
    const bool again = interrupted.exchange(true);
    // When the console closes Windows ends the process as soon as this returns: so it does not, and
    // the copy has the few seconds that Windows grants to undo itself.
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        ::Sleep(INFINITE);
    return again ? FALSE : TRUE;
}

} // namespace

progress_line::progress_line()
    : terminal_{::GetFileType(::GetStdHandle(STD_ERROR_HANDLE)) == FILE_TYPE_CHAR},
      next_{clock::now() + std::chrono::milliseconds{500}} {
    ::SetConsoleCtrlHandler(on_console_event, TRUE);
}

progress_line::~progress_line() {
    ::SetConsoleCtrlHandler(on_console_event, FALSE);
    if (shown_)
        std::fprintf(stderr, "\r%40s\r", "");
}

void progress_line::operator()(std::uint64_t copied, std::uint64_t size) {
    if (interrupted)
        throw std::runtime_error("interrupted; the copy is undone");
    if (!terminal_ || clock::now() < next_)
        return;
    constexpr std::uint64_t mebibyte = 1024 * 1024;
    if (size == 0)
        std::fprintf(stderr, "\r%llu MiB", static_cast<unsigned long long>(copied / mebibyte));
    else
        std::fprintf(stderr, "\r%llu of %llu MiB, %llu %%",
                     static_cast<unsigned long long>(copied / mebibyte),
                     static_cast<unsigned long long>(size / mebibyte),
                     static_cast<unsigned long long>(copied * 100 / size));
    std::fflush(stderr);
    shown_ = true;
    next_ = clock::now() + std::chrono::milliseconds{100};
}

} // namespace program
