/// \file
/// What is UTF-8, and what only looks like it.
#pragma once

#include <cstddef>
#include <string_view>

namespace http {

/// Whether `text` is UTF-8: no character longer than need be, no surrogate, nothing above U+10FFFF.
/// A longer form of a slash, say, is none for who looks for its byte, and may become one later.
/// Source: https://www.rfc-editor.org/rfc/rfc3629#section-4
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) {
        return static_cast<unsigned char>(text[at]);
    };
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char first = byte(i++);
        if (first < 0x80)
            continue;
        // How many bytes follow, and between which limits the first of them must be.
        const std::size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (first < 0xc2 || first > 0xf4 || text.size() - i < more)
            return false;
        const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (byte(i) < least || byte(i) > most)
            return false;
        for (std::size_t end = i + more; ++i < end;)
            if ((byte(i) & 0xc0) != 0x80)
                return false;
    }
    return true;
}

} // namespace http
