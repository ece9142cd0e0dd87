// A member that reads slowly or not at all, while another one talks without pause.
#include "chat_fixture.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace chat_test;

using chat_slow_reader = chat_server_fixture;

// Returns the messages of `self` up to that one, with long texts cut down to their numbers.
void hear_up_to(talker& self, std::vector<std::string>& seen, const std::string& last) {
    do {
        std::string message = self.next();
        message.erase(std::min(message.size(), message.find('x')));
        seen.push_back(std::move(message));
    } while (seen.back() != last);
}

// Says numbered texts until the connection is full: nothing could be sent while `calm` was served
// 20 times. The unsent part of the last text stays in `rest`.
class flood {
public:
    explicit flood(talker connection) : self{std::move(connection)} {}

    void run(talker& calm) {
        for (int idle = 0; idle < 20; ++idle) {
            if (rest.empty())
                rest = chat::encode(chat::say{std::to_string(texts++) + std::string(3'000, 'x')});
            const std::size_t count = self.connection.send_without_waiting(rest);
            rest.erase(0, count);
            if (count != 0) {
                idle = 0;
                continue;
            }
            calm.say("hello");
            ASSERT_EQ(calm.next(), "said calm: hello");
        }
    }

    // All members hear these texts.
    [[nodiscard]] std::vector<std::string> heard() const {
        std::vector<std::string> result;
        for (int number = 0; number < texts; ++number)
            result.push_back("said flood: " + std::to_string(number));
        return result;
    }

    talker self;
    std::string rest;
    int texts = 0;
};

// No member reads at first, so the flood comes to a stop, and takes no more memory than the queues.
// When the members read, they hear every text.
TEST_F(chat_slow_reader, SlowsTheSpeakerDownAndMissesNothing) {
    options.stall_timeout = milliseconds{0};
    start();
    talker calm = connect();
    ASSERT_EQ(calm.enter("other", "calm"), "welcome");
    talker slow = connect();
    ASSERT_EQ(slow.enter("den", "slow"), "welcome");
    flood speaker{connect()};
    ASSERT_EQ(speaker.self.enter("den", "flood"), "welcome slow");
    ASSERT_EQ(slow.next(), "joined flood");

    speaker.run(calm);
    // Allow two members, one text above the mark for each, and the bystander's texts.
    EXPECT_LE(server->figures().queued_bytes, 2 * (options.send_limit / 4 + 4'096));

    // One more member has said something, and waits.
    talker late = connect();
    late.connection.send(chat::encode(chat::join{"den", "late"}) + chat::encode(chat::say{"one"}) +
                         chat::encode(chat::leave{}));
    wait_until_open(4);

    std::vector<std::string> own;
    std::thread hears_itself{[&] {
        hear_up_to(speaker.self, own, "left flood");
    }};
    std::vector<std::string> all;
    harness::write_while_reading(
        [&] {
            speaker.self.connection.send(speaker.rest);
            speaker.self.connection.half_close();
        },
        [&] { hear_up_to(slow, all, "left flood"); });
    hears_itself.join();
    std::vector<std::string> expected = speaker.heard();
    expected.push_back("left flood");
    for (std::vector<std::string>* const each : {&all, &own}) {
        std::vector<std::string> of_late;
        std::erase_if(*each, [&](const std::string& message) {
            const bool is_of_late = message.find("late") != std::string::npos;
            if (is_of_late)
                of_late.push_back(message);
            return is_of_late;
        });
        EXPECT_EQ(of_late,
                  (std::vector<std::string>{"joined late", "said late: one", "left late"}));
        EXPECT_EQ(*each, expected);
    }
    EXPECT_EQ(server->slow_readers(), 0u);
}

// The member takes nothing for a whole stall_timeout, while the others have to wait.
TEST_F(chat_slow_reader, IsDroppedWhenItStandsStill) {
    options.longest_frame = 40'000;
    options.stall_timeout = milliseconds{500};
    start();
    const watchdog limit{"the end of the deaf one", std::chrono::seconds{60}};
    talker deaf = connect();
    ASSERT_EQ(deaf.enter("den", "deaf"), "welcome");
    std::vector<talker> others;
    std::vector<std::vector<std::string>> seen(8);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        others.push_back(connect());
        others[i].enter("den", i == 0 ? "speaker" : "listener" + std::to_string(i));
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
        for (std::size_t later = i + 1; later < seen.size(); ++later)
            ASSERT_TRUE(others[i].next().starts_with("joined"));

    // The speaker says a text when all members but one have read the last one. The bytes for that
    // one fill the system's buffers first, then the session's queue; then the speaker waits.
    const auto all_hear = [&](const std::string& number) {
        others[0].say(number + std::string(32'000, 'x'));
        for (std::size_t i = 0; i < seen.size(); ++i)
            hear_up_to(others[i], seen[i], "said speaker: " + number);
    };
    int number = 0;
    while (number < 20'000 && server->slow_readers() == 0)
        all_hear(std::to_string(number++));
    EXPECT_EQ(server->slow_readers(), 1u);
    wait_until_open(seen.size()); // the room has been told by then
    all_hear("the last");

    std::vector<std::string> expected;
    for (int k = 0; k < number; ++k)
        expected.push_back("said speaker: " + std::to_string(k));
    for (std::vector<std::string>& each : seen) {
        // The member has left before the end: the speaker may hear its own last text before this
        // thread sees the server's figures.
        EXPECT_EQ(std::erase(each, "left deaf"), 1);
        EXPECT_EQ(each.back(), "said speaker: the last");
        each.pop_back();
        EXPECT_EQ(each, expected);
    }
    deaf.connection.wait_until_closed();
}

// The limit counts the bytes that wait, not those that are sent.
TEST_F(chat_slow_reader, WhoReadsIsNotDroppedHoweverMuchItGets) {
    options.send_limit = chat::least_send_limit;
    options.longest_frame = 40'000;
    start();
    talker self = connect();
    ASSERT_EQ(self.enter("den", "speaker"), "welcome");
    std::vector<std::string> seen;
    for (int number = 0; number < 100; ++number) {
        self.say(std::to_string(number) + std::string(32'000, 'x'));
        hear_up_to(self, seen, "said speaker: " + std::to_string(number));
    }
    EXPECT_EQ(server->slow_readers(), 0u);
}

// The member floods the room itself, and reads nothing.
TEST_F(chat_slow_reader, AFloodThatIsNotReadEndsItsSender) {
    options.stall_timeout = milliseconds{300};
    start();
    const watchdog limit{"the end of the flood", std::chrono::seconds{60}};
    talker calm = connect();
    ASSERT_EQ(calm.enter("other", "calm"), "welcome");
    talker flood = connect();
    ASSERT_EQ(flood.enter("den", "flood"), "welcome");
    std::string piece;
    while (piece.size() < 64 * 1024)
        piece += chat::encode(chat::say{"x"});
    while (server->slow_readers() == 0) {
        try {
            static_cast<void>(flood.connection.send_without_waiting(piece));
        } catch (const std::system_error&) { // reset after the loop's check
        }
        calm.say("hello");
        ASSERT_EQ(calm.next(), "said calm: hello");
    }
    EXPECT_EQ(server->slow_readers(), 1u);
    wait_until_open(1);
}

} // namespace
