#include "progress_line.hpp"

#include "ctrl_c.hpp"
#include "win32/windows.hpp"

#include <cstdio>
#include <stdexcept>

namespace program {

progress_line::progress_line()
    : terminal_{::GetFileType(::GetStdHandle(STD_ERROR_HANDLE)) == FILE_TYPE_CHAR},
      next_{clock::now() + std::chrono::milliseconds{500}} {
    handle_ctrl_c([this] { interrupted_ = true; }, second_ctrl_c::ends_the_process);
}

progress_line::~progress_line() {
    release_ctrl_c();
    if (shown_)
        std::fprintf(stderr, "\r%40s\r", "");
}

void progress_line::operator()(std::uint64_t copied, std::uint64_t size) {
    if (interrupted_)
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
