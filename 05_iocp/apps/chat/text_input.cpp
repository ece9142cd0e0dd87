#include "text_input.hpp"

#include "apps/chat/wire/plain_text.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace chat {

namespace {

constexpr wchar_t ctrl_d = 0x04;
constexpr wchar_t ctrl_z = 0x1A;

bool has_console_mode(HANDLE source) noexcept {
    DWORD mode = 0;
    return ::GetConsoleMode(source, &mode) != FALSE;
}

std::string make_plain(std::string_view line) {
    std::wstring wide = win32::to_wide(line);
    for (wchar_t& each : wide)
        if (each < 0x20 || (each >= 0x7F && each < 0xA0))
            each = L' ';
    return make_visible(win32::to_utf8(wide));
}

} // namespace

std::optional<std::string> what_is_typed(std::string line) {
    const std::size_t slashes = std::min(line.find_first_not_of('/'), line.size());
    if (slashes == 0 || line.compare(slashes, std::string::npos, "quit") != 0)
        return line;
    if (slashes == 1)
        return std::nullopt;
    return line.substr(1);
}

text_input::text_input(HANDLE source) noexcept
    : source_{source}, is_console_{has_console_mode(source)} {}

std::optional<std::string> text_input::next() {
    std::optional<std::string> line = next_line();
    if (is_console_ && line)
        line = what_is_typed(*std::move(line));
    has_ended_ = has_ended_ || !line;
    return line;
}

std::optional<std::string> text_input::next_line() {
    for (;;) {
        const std::size_t end = pending_.find('\n', searched_);
        if (end != std::string::npos)
            return take(end + 1);
        if (has_ended_) {
            if (pending_.empty())
                return std::nullopt;
            return take(pending_.size()); // the last line may have no end
        }
        searched_ = pending_.size();
        read();
    }
}

std::string text_input::take(std::size_t count) {
    std::string_view line = std::string_view{pending_}.substr(0, count);
    constexpr std::string_view mark = "\xEF\xBB\xBF"; // some programs begin a text with it
    if (std::exchange(at_begin_, false) && line.starts_with(mark))
        line.remove_prefix(mark.size());
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    std::string result = make_plain(line);
    pending_.erase(0, count);
    searched_ = 0;
    return result;
}

void text_input::read() {
    if (is_console_)
        read_console();
    else
        read_bytes();
}

// One call brings one line at most. A pair of surrogates may lie across two calls.
void text_input::read_console() {
    wchar_t text[1024];
    DWORD had = 0;
    if (half_ != 0)
        text[had++] = half_;
    half_ = 0;
    DWORD count = 0;
    if (!::ReadConsoleW(source_, text + had, static_cast<DWORD>(std::size(text)) - had, &count,
                        nullptr))
        win32::throw_last_error("ReadConsoleW");
    // Nothing comes when Ctrl+C was pressed.
    if (count == 0 || (pending_.empty() && (text[0] == ctrl_z || text[0] == ctrl_d))) {
        has_ended_ = true;
        return;
    }
    count += had;
    if (text[count - 1] >= 0xD800 && text[count - 1] < 0xDC00)
        half_ = text[--count];
    pending_ += win32::to_utf8({text, count});
}

void text_input::read_bytes() {
    char bytes[4096];
    DWORD count = 0;
    if (!::ReadFile(source_, bytes, sizeof bytes, &count, nullptr)) {
        const DWORD error = ::GetLastError();
        if (error != ERROR_BROKEN_PIPE) // the other end of the pipe has been closed
            win32::throw_error(error, "ReadFile", "the standard input");
    }
    if (count == 0)
        has_ended_ = true;
    pending_.append(bytes, count);
}

} // namespace chat
