// Frames in pieces, and bytes that are no frames.
#include "chat_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace chat_test;
using namespace std::string_view_literals;
using chat::reason;

class chat_frames : public chat_server_fixture {
protected:
    // Expects that the sender of `bytes` is told the reason and sent away, and that the room is
    // told.
    void expect_expelled(std::string_view bytes, reason why) {
        SCOPED_TRACE(::testing::PrintToString(bytes));
        talker witness = connect();
        ASSERT_EQ(witness.enter("den", "witness"), "welcome");
        talker villain = connect();
        ASSERT_EQ(villain.enter("den", "villain"), "welcome witness");
        villain.connection.send(bytes);
        EXPECT_EQ(villain.next(), "left villain");
        EXPECT_EQ(villain.next(), refusal(why));
        EXPECT_EQ(villain.connection.receive_to_end(), "");
        EXPECT_EQ(witness.next(), "joined villain");
        EXPECT_EQ(witness.next(), "left villain");
        witness.say("gone");
        EXPECT_EQ(witness.next(), "said witness: gone");
        villain.connection.close();
        witness.connection.close();
        wait_until_open(0);
    }
};

// The bytes of a whole visit, and the server's answers.
std::string visit() {
    return chat::encode(chat::join{"방", "Ann"}) + chat::encode(chat::say{"하나"}) +
           chat::encode(chat::say{std::string(600, 'x')}) + chat::encode(chat::leave{});
}

void expect_visit_answered(talker& visitor) {
    EXPECT_EQ(visitor.next(), "welcome");
    EXPECT_EQ(visitor.next(), "said Ann: 하나");
    EXPECT_EQ(visitor.next(), "said Ann: " + std::string(600, 'x'));
    EXPECT_EQ(visitor.next(), "left Ann");
}

TEST_F(chat_frames, AllInOnePiece) {
    start();
    talker visitor = connect();
    visitor.connection.send(visit() + visit() + visit());
    for (int i = 0; i < 3; ++i)
        expect_visit_answered(visitor);
}

TEST_F(chat_frames, ByteByByte) {
    start();
    talker visitor = connect();
    for (const char each : visit())
        visitor.connection.send({&each, 1});
    expect_visit_answered(visitor);
}

TEST_F(chat_frames, InTwoPiecesCutAnywhere) {
    start();
    const std::string bytes = visit();
    talker visitor = connect();
    talker other = connect();
    for (std::size_t cut = 1; cut < 40; ++cut) {
        visitor.connection.send(std::string_view{bytes}.substr(0, cut));
        // Lets the server most likely receive the first piece alone.
        EXPECT_EQ(other.enter("other", "Bo"), "welcome");
        other.leave();
        EXPECT_EQ(other.next(), "left Bo");
        visitor.connection.send(std::string_view{bytes}.substr(cut));
        expect_visit_answered(visitor);
    }
}

TEST_F(chat_frames, TooLongAFrame) {
    options.longest_frame = 1'000;
    start();
    expect_expelled("\x03\xE9"sv,
                    reason::too_long); // a length of 1,001 bytes, of which none has come
    expect_expelled("\xFF\xFF\3hello"sv, reason::too_long);

    talker good = connect();
    EXPECT_EQ(good.enter("den", "Ann"), "welcome");
    const std::string longest(999, 'x'); // one byte less, for the type
    good.say(longest);
    EXPECT_EQ(good.next(), "said Ann: " + longest);
}

TEST_F(chat_frames, WhatIsNoFrameOfTheProtocol) {
    start();
    for (const std::string_view bytes : {
             "\0\0"sv,                   // empty
             "\0\1\0"sv, "\0\1\4"sv,     // no such type
             "\0\1\1"sv, "\0\2\2x"sv,    // too short, too long
             "\0\1\3"sv,                 // nothing said
             "\0\3\3\xC3\x28"sv,         // no UTF-8
             "\0\4\3\xED\xA0\x80"sv,     // a surrogate
             "\0\5\3\x1B[2J"sv,          // commands for a terminal
             "\0\5\1\1d\1\n"sv,          // a name with a control character
             "\0\7\x13\3Annhi"sv,        // the server's own
             "GET / HTTP/1.1\r\n\r\n"sv, // another protocol's: 0x4745 bytes are announced
         })
        expect_expelled(bytes, bytes.front() == 'G' ? reason::too_long : reason::malformed);
}

TEST_F(chat_frames, WhatFollowsAFaultIsNotObeyed) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    talker villain = connect();
    villain.connection.send(std::string{"\0\1c", 3} + chat::encode(chat::join{"den", "villain"}));
    EXPECT_EQ(villain.next(), refusal(reason::malformed));
    EXPECT_EQ(villain.connection.receive_to_end(), "");
    ann.say("nobody came");
    EXPECT_EQ(ann.next(), "said Ann: nobody came");
}

} // namespace
