#include "progress.hpp"

#include "win32/windows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace comparison {

namespace {

// Returns the width of the console on stderr in characters; 0 if it is no console. (GetFileType
// would take NUL for a console.)
std::size_t console_width() {
    CONSOLE_SCREEN_BUFFER_INFO console{};
    if (!::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &console))
        return 0;
    return static_cast<std::size_t>(console.dwSize.X);
}

// Writes the text at once: formatted output may go to a console letter by letter.
void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

} // namespace

progress::progress(seconds all) : all_{all}, width_{console_width()} {}

progress::~progress() {
    clear();
}

void progress::clear() {
    if (shown_ > 0)
        write("\r" + std::string(shown_, ' ') + "\r");
    shown_ = 0;
}

void progress::begins(const std::string& what) {
    const clock::time_point now = clock::now();
    // Correct the expected time by the pace so far.
    const double left = std::max(0.0, ((all_ - done_) * pace()).count());
    std::string text = what + ", about " + std::to_string(std::lround(std::ceil(left))) + " s left";
    if (width_ > 1) {
        text.resize(std::min(text.size(), width_ - 1)); // a wrapped line could not be rewritten
        const std::size_t blanks = shown_ > text.size() ? shown_ - text.size() : 0;
        write("\r" + text + std::string(blanks, ' '));
        shown_ = text.size();
    } else if (now >= next_line_) {
        write(text + "\n");
        next_line_ = now + std::chrono::seconds{5};
    }
}

double progress::pace() const {
    return done_ > seconds{0} ? elapsed() / done_ : 1.0;
}

} // namespace comparison
