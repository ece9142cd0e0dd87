/// \file
/// UTF-8, one character after the other. Free of Windows.
#pragma once

#include <cstddef>
#include <string_view>

namespace apps {

/// Whether `byte` is one of a character's bytes, and not its first.
[[nodiscard]] constexpr bool continues_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// A character of a text.
struct character {
    char32_t code = 0;
    std::size_t length = 0; ///< bytes; 0: there is no character
};

/// The character at the front of `text`; none if `text` is empty or does not begin with one. A form
/// that is longer than need be, a surrogate, and what is above U+10FFFF are no characters: whoever
/// looks for the byte of a slash would miss a longer form of it, which may become a slash later.
/// Any thread. Source: https://www.rfc-editor.org/rfc/rfc3629#section-4
[[nodiscard]] constexpr character first_character(std::string_view text) noexcept {
    if (text.empty())
        return {};
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first < 0xC0 || first >= 0xF8 || text.size() < length)
        return {};
    auto code = static_cast<char32_t>(first & (0x7F >> length));
    for (const char byte : text.substr(1, length - 1)) {
        if (!continues_character(byte))
            return {};
        code = code << 6 | (static_cast<unsigned char>(byte) & 0x3F);
    }
    const char32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    return code < least || code > 0x10FFFF || is_surrogate ? character{} : character{code, length};
}

/// Whether `text` is UTF-8. Any thread.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = first_character(text).length;
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

/// The greatest number of bytes, not above `most`, after which `text`, which is UTF-8, can be cut
/// without cutting a character in two. `most` is 4 at least, or it may be nothing. Any thread.
[[nodiscard]] constexpr std::size_t whole_characters(std::string_view text,
                                                     std::size_t most) noexcept {
    if (text.size() <= most)
        return text.size();
    while (most != 0 && continues_character(text[most]))
        --most;
    return most;
}

} // namespace apps
