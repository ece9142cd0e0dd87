/// \file
/// Lines of text from a console, a pipe or a file.
#pragma once

#include "win32/windows.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace chat {

/// Returns the text that a line typed on a console says: nothing for `/quit`; `//quit`, `///quit`
/// and so on without one slash; any other line as it is.
[[nodiscard]] std::optional<std::string> what_is_typed(std::string line);

/// Reads lines from a console, a pipe or a file, and waits for them.
///
/// A console is read by ReadConsoleW, as UTF-16: ReadFile would convert the text to the console's
/// input code page, and no code page there has all scripts. Anything else is read as bytes in
/// UTF-8.
///
/// Threads: one at a time. Source:
/// https://learn.microsoft.com/windows/console/readconsole
class text_input {
public:
    /// Lifetime: `source` stays open while next() may be called.
    explicit text_input(HANDLE source) noexcept;

    /// Returns the next line without its end, or nothing at the end of the input. The line is fit
    /// to be sent (plain_text.hpp): bytes that are no UTF-8 have become U+FFFD, control characters
    /// spaces, and characters that is_visible_text() refuses their numbers.
    ///
    /// On a console the input ends with a line that begins with Ctrl+Z or Ctrl+D, with Ctrl+C, and
    /// with the line `/quit`, since a Linux terminal keeps Ctrl+Z to itself. Throws
    /// std::system_error, std::bad_alloc.
    [[nodiscard]] std::optional<std::string> next();

    /// Whether the source is a console.
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
    wchar_t half_ = 0;         // a surrogate whose other half was not read yet; 0: none
    std::string pending_;      // the text that was read and not returned yet, in UTF-8
    std::size_t searched_ = 0; // the bytes at the front of pending_ that have no end of a line
};

} // namespace chat
