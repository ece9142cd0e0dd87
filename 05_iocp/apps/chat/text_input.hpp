/// \file
/// Lines of text, typed or piped.
#pragma once

#include "win32/windows.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace chat {

/// What a line that is typed on a console says. Nothing, for the line `/quit`; of `//quit`,
/// `///quit` and so on one slash is taken away. Any other line says itself.
[[nodiscard]] std::optional<std::string> what_is_typed(std::string line);

/// Reads UTF-8 lines from a console, a pipe or a file, and waits for them.
///
/// A console is read by ReadConsoleW, as UTF-16: ReadFile would bring what is typed in the
/// console's input code page, and no code page of its brings all scripts. Anything else brings
/// bytes, and they are UTF-8 here.
///
/// Threads: one at a time. Source:
/// https://learn.microsoft.com/windows/console/readconsole
class text_input {
public:
    /// Lifetime: `source` stays open while next() may be called.
    explicit text_input(HANDLE source) noexcept;

    /// The next line, without its end, fit to be sent (plain_text.hpp): a byte that is no UTF-8 has
    /// become U+FFFD, a control character, such as a tab, a space, what is not visible text its
    /// number. Nothing: the input has ended. On a console that is a line which begins with Ctrl+Z
    /// or Ctrl+D; Ctrl+C; or the line `/quit`, for a Linux terminal keeps Ctrl+Z to itself. With
    /// one slash more in front that line can be said. Throws std::system_error, std::bad_alloc.
    [[nodiscard]] std::optional<std::string> next();

    /// Whether it is a console that is read.
    [[nodiscard]] bool is_console() const noexcept { return is_console_; }

private:
    std::optional<std::string> next_line();
    void read();
    void read_console();
    void read_bytes();
    std::string take(std::size_t count);

    const HANDLE source_;
    const bool is_console_;
    bool has_ended_ = false;
    bool at_begin_ = true;
    wchar_t half_ = 0;         // a surrogate whose other half has not been read yet
    std::string pending_;      // UTF-8
    std::size_t searched_ = 0; // bytes at the front of pending_ that hold no end of a line
};

} // namespace chat
