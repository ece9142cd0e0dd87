#include "plain_text.hpp"

#include "apps/utf8.hpp"

namespace chat {

namespace {

constexpr bool is_control(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
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
        const apps::character next = apps::first_character(text);
        what(next.code, text.substr(0, next.length));
        text.remove_prefix(next.length);
    }
}

} // namespace

bool is_plain_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const apps::character next = apps::first_character(text);
        if (next.length == 0 || is_control(next.code))
            return false;
        text.remove_prefix(next.length);
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

} // namespace chat
