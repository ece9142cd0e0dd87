// Many members at once, whose views of the room must fit together.
#include "chat_fixture.hpp"

#include "testing/latch.hpp"
#include "testing/run_at_once.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace chat_test;

using chat_members = chat_server_fixture;

TEST_F(chat_members, AllGetAllInOneOrder) {
    constexpr unsigned members = 8;
    constexpr unsigned messages = 100;
    options.server.threads = 4;
    start();
    std::vector<talker> talkers;
    for (unsigned i = 0; i < members; ++i) {
        talkers.push_back(connect());
        talkers[i].enter("den", std::to_string(i));
    }
    for (unsigned i = 0; i < members; ++i)
        for (unsigned later = i + 1; later < members; ++later)
            ASSERT_EQ(talkers[i].next(), "joined " + std::to_string(later));

    harness::latch all_ready{members};
    std::vector<std::vector<std::string>> seen(members);
    harness::run_at_once(members, [&](unsigned i) {
        all_ready.arrive_and_wait();
        for (unsigned k = 0; k < messages; ++k)
            talkers[i].say(std::to_string(k));
        for (unsigned k = 0; k < members * messages; ++k)
            seen[i].push_back(talkers[i].next());
    });

    for (unsigned i = 1; i < members; ++i)
        EXPECT_EQ(seen[i], seen[0]) << "member " << i << " sees another order than member 0";
    // The texts of one member come in the order in which it spoke.
    std::vector<unsigned> next(members);
    for (const std::string& each : seen[0]) {
        const auto who = static_cast<std::size_t>(each.at(5) - '0'); // the message is "said N: K"
        ASSERT_LT(who, members) << each;
        EXPECT_EQ(each, "said " + std::to_string(who) + ": " + std::to_string(next[who]++));
    }
}

// A member can always tell the names in the room from its messages.
class view {
public:
    void see(const std::string& message) {
        const std::size_t space = message.find(' ');
        const std::string what = message.substr(0, space);
        const std::string who = space == std::string::npos
                                    ? ""
                                    : message.substr(space + 1, message.find(':') - space - 1);
        if (what == "welcome")
            welcome(who);
        else if (what == "joined")
            EXPECT_TRUE(present_.insert(who).second) << who << " has joined twice";
        else if (what == "left")
            EXPECT_EQ(present_.erase(who), 1u) << who << " has left, and was not there";
        else
            EXPECT_TRUE(present_.contains(who)) << who << " speaks, and is not there: " << message;
    }

    void add(const std::string& who) { present_.insert(who); }

private:
    void welcome(const std::string& others) {
        EXPECT_TRUE(present_.empty()) << "welcome twice";
        for (std::size_t begin = 0; begin < others.size();) {
            const std::size_t end = std::min(others.find(' ', begin), others.size());
            present_.insert(others.substr(begin, end - begin));
            begin = end + 1;
        }
    }

    std::set<std::string> present_;
};

// Eight members join two rooms, speak and leave, in good order and otherwise.
TEST_F(chat_members, EachSeesAWholeStory) {
    options.server.threads = 4;
    start();
    harness::run_at_once(8, [&](unsigned i) {
        for (int round = 0; round < 40; ++round) {
            const std::string name = std::to_string(i) + "-" + std::to_string(round);
            talker self = connect();
            self.join(round % 3 == 0 ? "one" : "two", name);
            self.say("hello");
            if (round % 4 == 0) { // vanishes while answers are on their way
                self.connection.reset();
                continue;
            }
            if (round % 4 == 1)
                self.connection.half_close();
            else
                self.leave();
            view room;
            for (std::string message;;) {
                message = self.next();
                room.see(message);
                if (message.starts_with("welcome"))
                    room.add(name);
                if (message == "left " + name)
                    break;
            }
        }
    });
    wait_until_open(0);
    EXPECT_EQ(server->room_count(), 0u);
    EXPECT_EQ(server->slow_readers(), 0u);
}

} // namespace
