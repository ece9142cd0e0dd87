#include "apps/chat/text_input.hpp"

#include "testing/client.hpp"
#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_view_literals;

// Returns the lines that are read while `text` is written into a pipe that holds 4 KiB.
std::vector<std::string> lines_of(std::string_view text) {
    harness::pipe_pair pipe = harness::make_pipe_pair();
    std::vector<std::string> lines;
    harness::write_while_reading(
        [&] {
            DWORD written = 0;
            const bool good = ::WriteFile(pipe.writer.get(), text.data(),
                                          static_cast<DWORD>(text.size()), &written, nullptr);
            pipe.writer.reset();
            EXPECT_TRUE(good);
        },
        [&] {
            chat::text_input input{pipe.reader.get()};
            while (std::optional<std::string> line = input.next())
                lines.push_back(*std::move(line));
            EXPECT_FALSE(input.next()) << "the end stays the end";
        });
    return lines;
}

using lines = std::vector<std::string>;

TEST(chat_text_input, CutsAtTheEndsOfLines) {
    EXPECT_EQ(lines_of("one\ntwo\r\n\nfour\n"), (lines{"one", "two", "", "four"}));
}

TEST(chat_text_input, TheLastLineNeedsNoEnd) {
    EXPECT_EQ(lines_of("one\ntwo"), (lines{"one", "two"}));
    EXPECT_EQ(lines_of(""), lines{});
}

// However the pipe cuts its pieces, some of them end within a character.
TEST(chat_text_input, KeepsLinesAndCharactersWholeAcrossPieces) {
    lines expected;
    std::string text;
    for (int i = 0; i < 2'000; ++i) {
        expected.push_back("가나다 😀 " + std::to_string(i));
        text += expected.back() + (i % 2 == 0 ? "\n" : "\r\n");
    }
    EXPECT_EQ(lines_of(text), expected);
}

TEST(chat_text_input, TakesALineLongerThanItsBuffer) {
    const std::string text(50'000, 'x');
    EXPECT_EQ(lines_of(text + "\nz"), (lines{text, "z"}));
}

TEST(chat_text_input, DropsAMarkAtTheBeginningAndNowhereElse) {
    EXPECT_EQ(lines_of("\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo"), (lines{"one", "\\u{FEFF}two"}));
    EXPECT_EQ(lines_of("\xEF\xBB\xBF\n"), (lines{""}));
}

TEST(chat_text_input, MakesTheTextFitToBeSent) {
    EXPECT_EQ(lines_of("a\tb\x1B[2J\x7F\xC2\x9B"), (lines{"a b [2J  "}));
    EXPECT_EQ(lines_of("a\0b\xFF"sv), (lines{"a b\xEF\xBF\xBD"}));
    EXPECT_EQ(lines_of("a\u202Eb"), (lines{"a\\u{202E}b"}));
}

TEST(chat_text_input, KnowsTheLineThatLeaves) {
    EXPECT_FALSE(chat::what_is_typed("/quit"));
    EXPECT_EQ(chat::what_is_typed("//quit"), "/quit");
    EXPECT_EQ(chat::what_is_typed("///quit"), "//quit");
    for (const char* const line :
         {"", "/", "//", "quit", "/quit it", " /quit", "/quitt", "//x", "a"})
        EXPECT_EQ(chat::what_is_typed(line), line);
}

// Every line of a pipe is said, and the client leaves at the pipe's end.
TEST(chat_text_input, KnowsNoSuchLineInAPipe) {
    EXPECT_EQ(lines_of("/quit\n//quit\n"), (lines{"/quit", "//quit"}));
}

} // namespace
