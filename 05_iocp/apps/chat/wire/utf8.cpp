#include "utf8.hpp"

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

struct character {
    char32_t code = 0;
    std::size_t length = 0; // in bytes; 0: none
};

// The character at the front of `text`, which is not empty.
character first_of(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    for (const form& each : forms) {
        if ((first & each.mask) != each.mark) {
            ++length;
            continue;
        }
        if (text.size() < length)
            return {};
        char32_t code = first & static_cast<unsigned char>(~each.mask);
        for (const char byte : text.substr(1, length - 1)) {
            if (!continues(byte))
                return {};
            code = code << 6 | (static_cast<unsigned char>(byte) & 0x3F);
        }
        return code >= each.least && is_character(code) ? character{code, length} : character{};
    }
    return {};
}

// Where characters are refused that cannot be seen, or change how others are shown.
enum class refused_in { nothing, names, all };

struct range {
    char32_t first;
    char32_t last;
    refused_in where;
};

// From Unicode 14: format characters (Cf), those that may be ignored in display
// (Default_Ignorable_Code_Point), and the ends of lines and paragraphs, are refused in all; blanks
// in names only. So are those that a text may need: U+200C and U+200D, which join letters and emoji
// and part them, the variation selectors, and the signs of Arabic and other scripts that are format
// characters and visible all the same (Prepended_Concatenation_Mark).
// Source: https://www.unicode.org/reports/tr44/
constexpr range invisible[] = {
    {0xA0, 0xA0, refused_in::names},       {0xAD, 0xAD, refused_in::all},
    {0x34F, 0x34F, refused_in::all},       {0x600, 0x605, refused_in::names},
    {0x61C, 0x61C, refused_in::all},       {0x6DD, 0x6DD, refused_in::names},
    {0x70F, 0x70F, refused_in::names},     {0x890, 0x891, refused_in::names},
    {0x8E2, 0x8E2, refused_in::names},     {0x115F, 0x1160, refused_in::all},
    {0x1680, 0x1680, refused_in::names},   {0x17B4, 0x17B5, refused_in::all},
    {0x180B, 0x180D, refused_in::names},   {0x180E, 0x180E, refused_in::all},
    {0x180F, 0x180F, refused_in::names},   {0x2000, 0x200A, refused_in::names},
    {0x200B, 0x200B, refused_in::all},     {0x200C, 0x200D, refused_in::names},
    {0x200E, 0x200F, refused_in::all},     {0x2028, 0x202E, refused_in::all},
    {0x202F, 0x202F, refused_in::names},   {0x205F, 0x205F, refused_in::names},
    {0x2060, 0x206F, refused_in::all},     {0x2800, 0x2800, refused_in::names},
    {0x3000, 0x3000, refused_in::names},   {0x3164, 0x3164, refused_in::all},
    {0xFE00, 0xFE0F, refused_in::names},   {0xFEFF, 0xFEFF, refused_in::all},
    {0xFFA0, 0xFFA0, refused_in::all},     {0xFFF0, 0xFFFB, refused_in::all},
    {0x110BD, 0x110BD, refused_in::names}, {0x110CD, 0x110CD, refused_in::names},
    {0x13430, 0x1343F, refused_in::all},   {0x1BCA0, 0x1BCA3, refused_in::all},
    {0x1D173, 0x1D17A, refused_in::all},   {0xE0000, 0xE00FF, refused_in::all},
    {0xE0100, 0xE01EF, refused_in::names}, {0xE01F0, 0xE0FFF, refused_in::all},
};

refused_in where_refused(char32_t code) noexcept {
    for (const range& each : invisible)
        if (code <= each.last)
            return code >= each.first ? each.where : refused_in::nothing;
    return refused_in::nothing;
}

// Calls `what(character, its bytes)` for each character of `text`, which is plain.
template <class Function>
void for_each_character(std::string_view text, Function what) {
    while (!text.empty()) {
        const character next = first_of(text);
        what(next.code, text.substr(0, next.length));
        text.remove_prefix(next.length);
    }
}

} // namespace

bool is_plain_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = first_of(text).length;
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_visible_text(std::string_view text) noexcept {
    bool is_visible = true;
    for_each_character(text, [&](char32_t code, std::string_view) {
        is_visible = is_visible && where_refused(code) != refused_in::all;
    });
    return is_visible;
}

bool is_name(std::string_view text) noexcept {
    bool is_good = !text.empty() && text.front() != '*';
    for_each_character(text, [&](char32_t code, std::string_view) {
        is_good = is_good && code != ' ' && where_refused(code) == refused_in::nothing;
    });
    return is_good;
}

std::string make_visible(std::string_view text) {
    std::string result;
    for_each_character(text, [&](char32_t code, std::string_view bytes) {
        if (where_refused(code) != refused_in::all) {
            result += bytes;
            return;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        int shift = 28;
        while (code >> shift == 0)
            shift -= 4;
        result += "\\u{";
        for (; shift >= 0; shift -= 4)
            result += digits[code >> shift & 0xF];
        result += '}';
    });
    return result;
}

std::size_t whole_characters(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most)
        return text.size();
    while (most != 0 && continues(text[most]))
        --most;
    return most;
}

} // namespace chat
