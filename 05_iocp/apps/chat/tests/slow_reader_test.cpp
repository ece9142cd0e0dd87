// A member that does not read.
#include "chat_fixture.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace chat_test;

using chat_slow_reader = chat_server_fixture;

// What `self` gets up to the message that `speaker` numbered so, with long texts cut down to their
// numbers.
void read_up_to(talker& self, std::vector<std::string>& seen, const std::string& number) {
    for (;;) {
        std::string message = self.next();
        message.erase(std::min(message.size(), message.find('x')));
        seen.push_back(message);
        if (message == "said speaker: " + number)
            return;
    }
}

TEST_F(chat_slow_reader, IsDroppedAndHoldsNobodyUp) {
    options.longest_frame = 40'000;
    options.send_limit = chat::least_send_limit;
    start();
    talker deaf = connect();
    ASSERT_EQ(deaf.enter("den", "deaf"), "welcome");
    std::vector<talker> fast;
    std::vector<std::vector<std::string>> seen(8);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        fast.push_back(connect());
        fast[i].enter("den", i == 0 ? "speaker" : "listener " + std::to_string(i));
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
        for (std::size_t later = i + 1; later < seen.size(); ++later)
            ASSERT_TRUE(fast[i].next().starts_with("joined"));

    // In step: nobody speaks again before all but one have read the last. First the system's
    // buffers take what is meant for that one, then the session's queue, then it is too much.
    const auto all_hear = [&](const std::string& number) {
        fast[0].say(number + std::string(32'000, 'x'));
        for (std::size_t i = 0; i < seen.size(); ++i)
            read_up_to(fast[i], seen[i], number);
    };
    int number = 0;
    while (number < 2'000 && server->slow_readers() == 0)
        all_hear(std::to_string(number++));
    EXPECT_EQ(server->slow_readers(), 1u);
    wait_until_open(seen.size()); // and the room has been told
    all_hear("the last");

    std::vector<std::string> expected;
    for (int k = 0; k < number; ++k)
        expected.push_back("said speaker: " + std::to_string(k));
    expected.push_back("left deaf");
    expected.push_back("said speaker: the last");
    for (const std::vector<std::string>& each : seen)
        EXPECT_EQ(each, expected);
    deaf.connection.wait_until_closed();
}

// The limit is for what waits, not for what is sent.
TEST_F(chat_slow_reader, WhoReadsIsNotDroppedHoweverMuchItGets) {
    options.send_limit = chat::least_send_limit;
    options.longest_frame = 40'000;
    start();
    talker self = connect();
    ASSERT_EQ(self.enter("den", "speaker"), "welcome");
    std::vector<std::string> seen;
    for (int number = 0; number < 100; ++number) {
        self.say(std::to_string(number) + std::string(32'000, 'x'));
        read_up_to(self, seen, std::to_string(number));
    }
    EXPECT_EQ(server->slow_readers(), 0u);
}

// The deafest of all: it floods the room, and reads nothing of it.
TEST_F(chat_slow_reader, AFloodThatIsNotReadEndsItsSender) {
    start();
    talker calm = connect();
    ASSERT_EQ(calm.enter("other room", "calm"), "welcome");
    talker flood = connect();
    ASSERT_EQ(flood.enter("den", "flood"), "welcome");
    std::string piece;
    while (piece.size() < 64 * 1024)
        piece += chat::encode(chat::say{"x"});
    for (int i = 0; i < 2'000 && server->slow_readers() == 0; ++i) {
        try {
            static_cast<void>(flood.connection.send_without_waiting(piece));
        } catch (const std::system_error&) { // dropped since the loop looked
        }
        calm.say("hello");
        ASSERT_EQ(calm.next(), "said calm: hello");
    }
    EXPECT_EQ(server->slow_readers(), 1u);
    wait_until_open(1);
}

} // namespace
