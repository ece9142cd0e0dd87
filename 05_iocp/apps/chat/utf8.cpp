#include "apps/chat/utf8.hpp"

namespace chat {

namespace {

// How the first byte of a character of 1, 2, 3 or 4 bytes looks, and the least code that needs so
// many.
struct form {
    unsigned char mask;
    unsigned char mark;
    char32_t least;
};
constexpr form forms[] = {
    {0x80, 0x00, 0x00}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

constexpr bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

constexpr bool is_character(char32_t code) {
    const bool is_control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    return !is_control && !is_surrogate && code <= 0x10FFFF;
}

// Bytes of the character at the front of `text`, which is not empty; 0 if there is none.
std::size_t length_of_first(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    for (const form& each : forms) {
        if ((first & each.mask) != each.mark) {
            ++length;
            continue;
        }
        if (text.size() < length)
            return 0;
        char32_t code = first & static_cast<unsigned char>(~each.mask);
        for (const char byte : text.substr(1, length - 1)) {
            if (!continues(byte))
                return 0;
            code = code << 6 | (static_cast<unsigned char>(byte) & 0x3F);
        }
        return code >= each.least && is_character(code) ? length : 0;
    }
    return 0;
}

} // namespace

bool is_plain_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = length_of_first(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::size_t whole_characters(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most)
        return text.size();
    while (most != 0 && continues(text[most]))
        --most;
    return most;
}

} // namespace chat
