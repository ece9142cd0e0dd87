// Joining, leaving, talking, and refusals.
#include "chat_fixture.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace chat_test;
using chat::reason;

using chat_server = chat_server_fixture;

TEST_F(chat_server, TellsWhoComesWhatIsSaidAndWhoGoes) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("방", "Ann"), "welcome");
    talker bo = connect();
    EXPECT_EQ(bo.enter("방", "보"), "welcome Ann");
    EXPECT_EQ(ann.next(), "joined 보");
    bo.say("안녕, Ann");
    EXPECT_EQ(ann.next(), "said 보: 안녕, Ann");
    EXPECT_EQ(bo.next(), "said 보: 안녕, Ann") << "the speaker hears it too, in its place";
    ann.leave();
    EXPECT_EQ(ann.next(), "left Ann");
    EXPECT_EQ(bo.next(), "left Ann");
    bo.say("alone");
    EXPECT_EQ(bo.next(), "said 보: alone");
}

TEST_F(chat_server, WelcomeTellsTheLimit) {
    options.longest_frame = 777;
    start();
    talker ann = connect();
    ann.join("den", "Ann");
    const std::string length = ann.connection.receive_exactly(chat::length_bytes);
    const std::string frame = ann.connection.receive_exactly(chat::read_length(length));
    const auto message = chat::parse_server(frame);
    ASSERT_TRUE(message && std::holds_alternative<chat::welcome>(*message));
    EXPECT_EQ(std::get<chat::welcome>(*message).longest_frame, 777);
}

TEST_F(chat_server, RoomsAreApart) {
    start();
    talker ann = connect();
    talker bo = connect();
    EXPECT_EQ(ann.enter("one", "Ann"), "welcome");
    EXPECT_EQ(bo.enter("two", "Ann"), "welcome") << "a name is taken in its room only";
    ann.say("in one");
    bo.say("in two");
    EXPECT_EQ(ann.next(), "said Ann: in one");
    EXPECT_EQ(bo.next(), "said Ann: in two");
    EXPECT_EQ(server->room_count(), 2u);
}

TEST_F(chat_server, ARoomVanishesWithItsLastMember) {
    start();
    talker ann = connect();
    talker bo = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    EXPECT_EQ(bo.enter("den", "Bo"), "welcome Ann");
    ann.leave();
    EXPECT_EQ(ann.next_that_begins("left"), "left Ann");
    EXPECT_EQ(server->room_count(), 1u);
    bo.connection.close();
    harness::wait_until([&] { return server->room_count() == 0; });
    EXPECT_EQ(server->room_count(), 0u);
    EXPECT_EQ(ann.enter("den", "Bo"), "welcome") << "a new room of the same name";
}

TEST_F(chat_server, OneCanGoFromRoomToRoom) {
    start();
    talker ann = connect();
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ann.enter("room" + std::to_string(i), "Ann" + std::to_string(i)), "welcome");
        ann.leave();
        EXPECT_EQ(ann.next(), "left Ann" + std::to_string(i));
    }
    harness::wait_until([&] { return server->room_count() == 0; });
    EXPECT_EQ(server->room_count(), 0u);
}

TEST_F(chat_server, ANameIsNotGivenTwice) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    talker other = connect();
    EXPECT_EQ(other.enter("den", "Ann"), refusal(reason::name_taken));
    other.say("hello?");
    EXPECT_EQ(other.next(), refusal(reason::in_no_room));
    EXPECT_EQ(other.enter("den", "ann"), "welcome Ann") << "other bytes, another name";
    EXPECT_EQ(ann.next(), "joined ann") << "and the refused one was never announced";
    ann.leave();
    EXPECT_EQ(ann.next(), "left Ann");
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome ann") << "it is free again";
}

TEST_F(chat_server, AFullRoomRefuses) {
    options.most_members = 2;
    start();
    talker ann = connect();
    talker bo = connect();
    talker cy = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    EXPECT_EQ(bo.enter("den", "Bo"), "welcome Ann");
    EXPECT_EQ(cy.enter("den", "Cy"), refusal(reason::room_full));
    bo.leave();
    EXPECT_EQ(bo.next(), "left Bo");
    EXPECT_EQ(cy.enter("den", "Cy"), "welcome Ann");
}

TEST_F(chat_server, WhatMakesNoSenseIsRefusedAndHarmsNothing) {
    start();
    talker ann = connect();
    ann.say("to nobody");
    EXPECT_EQ(ann.next(), refusal(reason::in_no_room));
    ann.leave();
    EXPECT_EQ(ann.next(), refusal(reason::in_no_room));
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    EXPECT_EQ(ann.enter("other", "Ann"), refusal(reason::in_a_room));
    ann.say("still here");
    EXPECT_EQ(ann.next(), "said Ann: still here");
    EXPECT_EQ(server->room_count(), 1u);
}

// Invisible characters would make two names look like one. Characters that turn letters round,
// stars and blanks would let a member imitate the server's own lines.
TEST_F(chat_server, RefusesNamesThatCouldBeTakenForOthers) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("방", "보람"), "welcome");
    talker other = connect();
    for (const char* const name :
         {"보람\u200B", "\u202Ennb", "보람\u3164", "\u2800", "Ann Lee", "Ann\u3000", "* Ann", "*",
          "\u1107\u1169\u1105\u1161\u11B7"}) { // 보람 in single letters
        EXPECT_EQ(other.enter("방", name), refusal(reason::bad_name)) << name;
        EXPECT_EQ(other.enter(name, "Bo"), refusal(reason::bad_name)) << name;
    }
    EXPECT_EQ(other.enter("방", "보"), "welcome 보람") << "nothing is the worse for it";
    EXPECT_EQ(server->room_count(), 1u);
}

TEST_F(chat_server, RefusesTextsThatHaveSomethingInvisible) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    for (const char* const text : {"a\u200Bb", "\u202Eabc", "\u2066abc", "a\u2028* Bo has left"}) {
        ann.say(text);
        EXPECT_EQ(ann.next(), refusal(reason::bad_text)) << text;
    }
    const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F";
    ann.say(family);
    EXPECT_EQ(ann.next(), "said Ann: " + family);
}

TEST_F(chat_server, WhoVanishesIsAnnounced) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    for (int i = 0; i < 10; ++i) {
        talker bo = connect();
        EXPECT_EQ(bo.enter("den", "Bo"), "welcome Ann");
        EXPECT_EQ(ann.next(), "joined Bo");
        if (i % 2 == 0)
            bo.connection.reset();
        else
            bo.connection.close();
        EXPECT_EQ(ann.next(), "left Bo");
    }
}

TEST_F(chat_server, AHalfCloseLeavesAndIsAnsweredToTheEnd) {
    start();
    talker ann = connect();
    EXPECT_EQ(ann.enter("den", "Ann"), "welcome");
    talker bo = connect();
    bo.join("den", "Bo");
    bo.say("and goodbye");
    bo.connection.half_close();
    for (const char* const expected : {"welcome Ann", "said Bo: and goodbye", "left Bo"})
        EXPECT_EQ(bo.next(), expected);
    EXPECT_EQ(bo.connection.receive_to_end(), "");
    for (const char* const expected : {"joined Bo", "said Bo: and goodbye", "left Bo"})
        EXPECT_EQ(ann.next(), expected);
}

// The time is short and real. A client that is in no room for so long is reset, whether it is
// silent or busy; a client in a room is not.
TEST_F(chat_server, WhoIsInNoRoomForTooLongIsReset) {
    options.join_timeout = milliseconds{1'000};
    start();
    const watchdog limit{"the timeouts"};
    talker member = connect();
    EXPECT_EQ(member.enter("den", "Ann"), "welcome");
    talker slow = connect();
    talker useless = connect();
    slow.connection.send(std::string_view{"\0", 1}); // begins a frame that never ends
    useless.say("nothing");
    slow.connection.wait_until_closed();
    useless.connection.wait_until_closed();
    harness::wait_until([&] { return server->figures().open == 1; });
    EXPECT_EQ(server->figures().timed_out, 2u);

    member.say("still here");
    EXPECT_EQ(member.next(), "said Ann: still here");
    member.leave();
    EXPECT_EQ(member.next(), "left Ann");
    member.connection.wait_until_closed();
    wait_until_open(0);
    EXPECT_EQ(server->figures().timed_out, 3u);
}

TEST_F(chat_server, StopsWithMembersInRooms) {
    options.server.close_timeout = milliseconds{60'000};
    start();
    std::vector<talker> members;
    for (int i = 0; i < 60; ++i) {
        members.push_back(connect());
        const std::string welcome =
            members.back().enter("room" + std::to_string(i % 5), "member" + std::to_string(i));
        ASSERT_TRUE(welcome.starts_with("welcome")) << welcome;
    }
    EXPECT_EQ(server->room_count(), 5u);
    // Some clients have begun a frame.
    members[0].connection.send(std::string_view{"\0\5\3he", 5});
    members[1].connection.half_close();
    for (talker& each : members)
        if (&each != &members[1])
            each.say("on and on");
    stop();
    for (talker& each : members)
        each.connection.wait_until_closed();
}

TEST_F(chat_server, RefusesLimitsOutsideTheirLimits) {
    const auto refuses = [](auto change) {
        chat::chat_options wrong;
        change(wrong);
        EXPECT_THROW(chat::chat_server{wrong}, std::invalid_argument);
    };
    refuses([](chat::chat_options& wrong) { wrong.longest_frame = chat::least_longest_frame - 1; });
    refuses(
        [](chat::chat_options& wrong) { wrong.longest_frame = chat::greatest_longest_frame + 1; });
    refuses([](chat::chat_options& wrong) { wrong.most_members = 0; });
    refuses([](chat::chat_options& wrong) { wrong.most_members = chat::most_members + 1; });
    refuses([](chat::chat_options& wrong) { wrong.send_limit = chat::least_send_limit - 1; });
}

} // namespace
