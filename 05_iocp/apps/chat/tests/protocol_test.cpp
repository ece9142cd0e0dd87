#include "apps/chat/wire/protocol.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace std::string_view_literals;

// Returns the bytes behind the length.
std::string body_of(const std::string& frame) {
    EXPECT_EQ(chat::read_length(frame), frame.size() - chat::length_bytes);
    return frame.substr(chat::length_bytes);
}

TEST(chat_protocol, IsAsItIsWrittenDown) {
    EXPECT_EQ(chat::encode(chat::join{"den", "Ann"}), "\0\11\1\3den\3Ann"sv);
    EXPECT_EQ(chat::encode(chat::leave{}), "\0\1\2"sv);
    EXPECT_EQ(chat::encode(chat::say{"hi"}), "\0\3\3hi"sv);
    EXPECT_EQ(chat::encode(chat::welcome{0x1234, {"Ann", "Bo"}}), "\0\12\x10\x12\x34\3Ann\2Bo"sv);
    EXPECT_EQ(chat::encode(chat::joined{"Ann"}), "\0\5\x11\3Ann"sv);
    EXPECT_EQ(chat::encode(chat::left{"Ann"}), "\0\5\x12\3Ann"sv);
    EXPECT_EQ(chat::encode(chat::said{"Ann", "hi"}), "\0\7\x13\3Annhi"sv);
    EXPECT_EQ(chat::encode(chat::refused{chat::reason::room_full, "full"}), "\0\6\x14\4full"sv);
}

TEST(chat_protocol, WhatAClientWritesIsRead) {
    const std::string entry = body_of(chat::encode(chat::join{"방", "이름"}));
    const auto message = chat::parse_client(entry);
    ASSERT_TRUE(message);
    EXPECT_EQ(std::get<chat::join>(*message).room, "방");
    EXPECT_EQ(std::get<chat::join>(*message).name, "이름");

    const auto goodbye = chat::parse_client(body_of(chat::encode(chat::leave{})));
    ASSERT_TRUE(goodbye);
    EXPECT_TRUE(std::holds_alternative<chat::leave>(*goodbye));

    const std::string words = body_of(chat::encode(chat::say{"안녕"}));
    const auto spoken = chat::parse_client(words);
    ASSERT_TRUE(spoken);
    EXPECT_EQ(std::get<chat::say>(*spoken).text, "안녕");
}

TEST(chat_protocol, WhatAServerWritesIsRead) {
    const std::string greeting = body_of(chat::encode(chat::welcome{4096, {"a", "b"}}));
    const auto entry = chat::parse_server(greeting);
    ASSERT_TRUE(entry);
    EXPECT_EQ(std::get<chat::welcome>(*entry).longest_frame, 4096);
    EXPECT_EQ(std::get<chat::welcome>(*entry).others, (std::vector{"a"sv, "b"sv}));

    const std::string words = body_of(chat::encode(chat::said{"a", "hi"}));
    const auto spoken = chat::parse_server(words);
    ASSERT_TRUE(spoken);
    EXPECT_EQ(std::get<chat::said>(*spoken).name, "a");
    EXPECT_EQ(std::get<chat::said>(*spoken).text, "hi");

    const std::string no = body_of(
        chat::encode(chat::refused{chat::reason::in_no_room, text_of(chat::reason::in_no_room)}));
    const auto refusal = chat::parse_server(no);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(std::get<chat::refused>(*refusal).why, chat::reason::in_no_room);
    EXPECT_EQ(std::get<chat::refused>(*refusal).text, "you are in no room");
}

TEST(chat_protocol, ReadsNothingElseFromAClient) {
    const std::string long_name = "\x41" + std::string(65, 'x');
    const std::vector<std::string> bad{
        "",        // not even a type
        {"\0", 1}, // unknown types
        "\4",
        {"\x10\0\0", 3},  // the server's
        "\1",             // join: nothing of it
        "\1\3den",        // no name
        "\1\3den\3An",    // a name cut short
        "\1\3den\3Annx",  // something left over
        {"\1\0\3Ann", 6}, // an empty room's name
        {"\1\3den\0", 6}, // an empty name
        "\1\3den" + long_name,
        "\1" + long_name + "\3Ann",
        "\1\3d\nn\3Ann", // control characters
        "\1\3den\3A\x1B[",
        "\1\3den\2\xC3(", // no UTF-8
        "\2x",            // leave has no body
        "\3",             // nothing said
        "\3\xFF",
        {"\3a\0b", 4},
        "\3a\nb",
    };
    for (const std::string& each : bad)
        EXPECT_FALSE(chat::parse_client(each)) << ::testing::PrintToString(each);
}

TEST(chat_protocol, ReadsNothingElseFromAServer) {
    const std::vector<std::string> bad{
        "",        "\1\3den\3Ann", "\x15",     "\x10\1",  "\x10\1\2\3An", {"\x10\1\2\0", 4}, "\x11",
        "\x11\2a", "\x11\1ab",     "\x12\1\n", "\x13\1a", "\x13\1a\x80",  "\x14\1",          "\x14",
    };
    for (const std::string& each : bad)
        EXPECT_FALSE(chat::parse_server(each)) << ::testing::PrintToString(each);
}

TEST(chat_protocol, TheGreatestOfEverythingFits) {
    const std::string name(chat::longest_name, 'n');
    EXPECT_LE(body_of(chat::encode(chat::join{name, name})).size(), chat::least_longest_frame);
    const std::string text(chat::greatest_longest_frame - 1, 't');
    EXPECT_EQ(body_of(chat::encode(chat::say{text})).size(), chat::greatest_longest_frame);
    EXPECT_EQ(body_of(chat::encode(chat::said{name, text})).size(),
              chat::greatest_longest_frame + 1 + chat::longest_name);
    const chat::welcome full{65'000, std::vector<std::string_view>(chat::most_members - 1, name)};
    const std::string greeting = body_of(chat::encode(full));
    const auto message = chat::parse_server(greeting);
    ASSERT_TRUE(message);
    EXPECT_EQ(std::get<chat::welcome>(*message).others, full.others);
}

TEST(chat_protocol, WritesNothingThatIsTooLong) {
    const std::string name(chat::longest_name + 1, 'n');
    EXPECT_THROW(static_cast<void>(chat::encode(chat::joined{name})), std::length_error);
    const std::string text(chat::longest_frame_of_all, 't');
    EXPECT_THROW(static_cast<void>(chat::encode(chat::say{text})), std::length_error);
}

} // namespace
