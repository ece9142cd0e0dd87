/// \file
/// Lines of text, typed or piped.
#pragma once

#include "win32/windows.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace chat {

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

    /// The next line, without its end, fit to be sent (utf8.hpp): a byte that is no UTF-8 has
    /// become U+FFFD, a control character, such as a tab, a space. Nothing: the input has ended (on
    /// a console: Ctrl+Z and Enter, or Ctrl+C). Throws std::system_error, std::bad_alloc.
    [[nodiscard]] std::optional<std::string> next();

private:
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
