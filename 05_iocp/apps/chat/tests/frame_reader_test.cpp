#include "apps/chat/wire/frame_reader.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_view_literals;
using chat::frame_reader;
using chat::frame_status;

// Returns all frames that `reader` finds in `bytes`.
std::vector<std::string> read_all(frame_reader& reader, std::string_view bytes) {
    std::vector<std::string> frames;
    while (reader.next(bytes) == frame_status::whole)
        frames.emplace_back(reader.frame());
    EXPECT_TRUE(bytes.empty()) << "incomplete, and not all is used up";
    return frames;
}

void append(std::vector<std::string>& frames, std::vector<std::string> more) {
    for (std::string& each : more)
        frames.push_back(std::move(each));
}

constexpr std::string_view stream = "\0\1a\0\5hello\0\2bc\0\x0e"
                                    "a longer frame\0\1z"sv;
const std::vector<std::string> frames_of_stream{"a", "hello", "bc", "a longer frame", "z"};

TEST(chat_frame_reader, FindsAllFramesInOnePiece) {
    frame_reader reader{20};
    EXPECT_EQ(read_all(reader, stream), frames_of_stream);
}

TEST(chat_frame_reader, FindsThemInAnyTwoPieces) {
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        frame_reader reader{20};
        std::vector<std::string> frames = read_all(reader, stream.substr(0, cut));
        append(frames, read_all(reader, stream.substr(cut)));
        EXPECT_EQ(frames, frames_of_stream) << "cut at " << cut;
    }
}

TEST(chat_frame_reader, FindsThemInAnyThreePieces) {
    for (std::size_t one = 0; one <= stream.size(); ++one)
        for (std::size_t two = one; two <= stream.size(); ++two) {
            frame_reader reader{20};
            std::vector<std::string> frames = read_all(reader, stream.substr(0, one));
            append(frames, read_all(reader, stream.substr(one, two - one)));
            append(frames, read_all(reader, stream.substr(two)));
            EXPECT_EQ(frames, frames_of_stream) << "cut at " << one << " and " << two;
        }
}

TEST(chat_frame_reader, FindsThemByteByByte) {
    frame_reader reader{20};
    std::vector<std::string> frames;
    for (std::size_t i = 0; i < stream.size(); ++i)
        append(frames, read_all(reader, stream.substr(i, 1)));
    EXPECT_EQ(frames, frames_of_stream);
}

TEST(chat_frame_reader, AWholeFrameIsNotCopied) {
    frame_reader reader{20};
    std::string_view bytes = stream;
    ASSERT_EQ(reader.next(bytes), frame_status::whole);
    EXPECT_EQ(reader.frame().data(), stream.data() + 2);
}

TEST(chat_frame_reader, TheLimitIsTheLongestFrame) {
    frame_reader reader{5};
    std::string_view good = "\0\5hello"sv;
    EXPECT_EQ(reader.next(good), frame_status::whole);
    std::string_view bad = "\0\6"sv; // the length alone is enough
    EXPECT_EQ(reader.next(bad), frame_status::too_long);
    EXPECT_EQ(reader.next(bad), frame_status::too_long) << "and it stays so";
}

TEST(chat_frame_reader, TheLimitHoldsForALengthInTwoPieces) {
    frame_reader reader{5};
    std::string_view first = "\1"sv;
    EXPECT_EQ(reader.next(first), frame_status::incomplete);
    std::string_view second = "\0hello"sv;
    EXPECT_EQ(reader.next(second), frame_status::too_long);
    EXPECT_EQ(reader.next(second), frame_status::too_long) << "and it stays so";
}

TEST(chat_frame_reader, AFrameHasAType) {
    frame_reader reader{5};
    std::string_view bytes = "\0\0\0\1a"sv;
    EXPECT_EQ(reader.next(bytes), frame_status::empty);
    EXPECT_EQ(reader.next(bytes), frame_status::empty) << "and it stays so";
}

TEST(chat_frame_reader, TakesTheLongestFrameThereIs) {
    frame_reader reader{65'535};
    const std::string frame(65'535, 'x');
    const std::string bytes = "\xFF\xFF" + frame;
    std::vector<std::string> frames = read_all(reader, std::string_view{bytes}.substr(0, 40'000));
    EXPECT_TRUE(frames.empty());
    frames = read_all(reader, std::string_view{bytes}.substr(40'000));
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0], frame);
}

} // namespace
