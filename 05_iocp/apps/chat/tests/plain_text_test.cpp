#include "apps/chat/wire/plain_text.hpp"
#include "apps/utf8.hpp"

#include "win32/windows.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using chat::is_plain_text;

// What Windows says of the same bytes.
bool windows_finds_plain(std::string_view text) {
    wchar_t wide[8];
    const int count = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(),
                                            static_cast<int>(text.size()), wide,
                                            static_cast<int>(std::size(wide)));
    for (int i = 0; i < count; ++i)
        if (wide[i] < 0x20 || (wide[i] >= 0x7F && wide[i] < 0xA0))
            return false;
    return count > 0;
}

TEST(chat_plain_text, TakesAllScripts) {
    for (const std::string_view text :
         {""sv, "a"sv, "hello, world"sv, "안녕하세요"sv, "Ünïcödé"sv, "日本語 עברית"sv, "😀🎉"sv,
          "\xC2\xA0"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
          "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv})
        EXPECT_TRUE(is_plain_text(text)) << text;
}

TEST(chat_plain_text, RefusesControlCharacters) {
    for (const std::string_view text : {"\0"sv, "a\tb"sv, "a\nb"sv, "\x1B[2J"sv, "\x7F"sv,
                                        "\xC2\x80"sv, "\xC2\x9B"sv, "\xC2\x9F"sv})
        EXPECT_FALSE(is_plain_text(text)) << text;
}

TEST(chat_plain_text, AgreesWithWindowsOnAllPairsOfBytes) {
    for (unsigned first = 0; first < 256; ++first)
        for (unsigned second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second)};
            ASSERT_EQ(is_plain_text(text), windows_finds_plain(text)) << first << ' ' << second;
        }
}

// The bytes at which the rules change, in all triples and quadruples.
TEST(chat_plain_text, AgreesWithWindowsAtTheEdgesOfLongerForms) {
    constexpr std::string_view edges =
        "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5"
        "\xF8\xFF"sv;
    for (const char a : edges)
        for (const char b : edges)
            for (const char c : edges) {
                std::string text{a, b, c};
                ASSERT_EQ(is_plain_text(text), windows_finds_plain(text)) << text;
                for (const char d : edges) {
                    text.resize(3);
                    text += d;
                    ASSERT_EQ(is_plain_text(text), windows_finds_plain(text)) << text;
                }
            }
}

struct sample {
    const char* text;
    bool is_visible;
    bool is_name;
};

TEST(chat_plain_text, KnowsWhatCannotBeSeen) {
    constexpr sample samples[] = {
        {"Ann", true, true},
        {"보람", true, true},
        {"\u1107\u1169", true, true}, // Korean letters: as good as the syllable, and longer
        {"日本語", true, true},
        {"שלום", true, true},
        {"😀", true, true},
        {"Ann*", true, true},
        {"*Ann", true, false},
        {"Ann Lee", true, false},
        {"a\u00A0b", true, false}, // blanks
        {"\u3000", true, false},
        {"\u2800", true, false},
        {"a\u200Db", true, false}, // joiners, variation selectors
        {"\u2764\uFE0F", true, false},
        {"葛\U000E0100", true, false},
        {"\u06DD", true, false}, // a format character that is seen
        {"a\u00ADb", false, false},
        {"a\u034Fb", false, false},
        {"\u115F", false, false}, // fillers
        {"\u1160", false, false},
        {"\u3164", false, false},
        {"\uFFA0", false, false},
        {"\u180E", false, false},
        {"a\u200Bb", false, false},
        {"a\u200Eb", false, false}, // directions
        {"\u202Eabc", false, false},
        {"\u2066abc", false, false},
        {"\u061C", false, false},
        {"a\u2028b", false, false}, // the ends of a line and a paragraph
        {"a\u2029b", false, false},
        {"a\u2060b", false, false},
        {"\uFEFFa", false, false},
        {"\uFFF9", false, false},
        {"\U000E0041", false, false}, // tags
        {"\U000E0FFF", false, false},
        {"\U000E1000", true, true},
    };
    for (const sample& each : samples) {
        ASSERT_TRUE(is_plain_text(each.text));
        EXPECT_EQ(chat::is_visible_text(each.text), each.is_visible) << each.text;
        EXPECT_EQ(chat::is_name(each.text), each.is_name) << each.text;
        EXPECT_TRUE(chat::is_visible_text(chat::make_visible(each.text))) << each.text;
        EXPECT_EQ(chat::make_visible(each.text) == each.text, each.is_visible) << each.text;
    }
    EXPECT_FALSE(chat::is_name(""));
}

TEST(chat_plain_text, MakesVisibleByNumbers) {
    EXPECT_EQ(chat::make_visible("a\u202Eb\u00AD가\U000E0041"), "a\\u{202E}b\\u{AD}가\\u{E0041}");
}

TEST(chat_plain_text, CutsBetweenCharacters) {
    EXPECT_EQ(apps::whole_characters("hello", 10), 5u);
    EXPECT_EQ(apps::whole_characters("hello", 5), 5u);
    EXPECT_EQ(apps::whole_characters("hello", 4), 4u);
    EXPECT_EQ(apps::whole_characters("가나다", 9), 9u);
    EXPECT_EQ(apps::whole_characters("가나다", 8), 6u);
    EXPECT_EQ(apps::whole_characters("가나다", 6), 6u);
    EXPECT_EQ(apps::whole_characters("😀😀", 7), 4u);
    EXPECT_EQ(apps::whole_characters("😀😀", 4), 4u);
}

} // namespace
