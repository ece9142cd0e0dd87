#include "testing/exercise/check.hpp"
#include "testing/exercise/server_program.hpp"
#include "testing/exercise/visitor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using exercise::server_program;
using exercise::visitor;

const exercise::rule the_handler{"a server is a handler, and a program around it",
                                 "05_iocp/server/README.md", "1. The whole, from outside"};
const exercise::rule lines_in_a_stream{
    "TCP knows bytes only: a line comes in any pieces, and its length has a limit",
    "05_iocp/server/README.md", "What a game server adds"};
const exercise::rule one_order{
    "a line is queued for one member after the other under the room's lock",
    "05_iocp/server/README.md", "What a game server adds"};
const exercise::rule last_words{
    "the last words arrive though the client goes on sending: close() reads on",
    "05_iocp/server/README.md", "5. The last words get lost"};
const exercise::rule each_end{"a session ends in many ways, and each of them comes to on_close",
                              "05_iocp/server/README.md",
                              "4. A packet comes for a session that is gone"};
const exercise::rule bounded{
    "a client that does not read costs bounded memory, and holds nobody up",
    "05_iocp/server/README.md", "6. A client that does not read chooses how much memory we use"};
const exercise::rule stopping{
    "stop() ends every session, whatever its client does", "05_iocp/server/README.md",
    "10. Ctrl+C loses answers, and a stop inside a handler waits for itself"};

// The program of all tests, since to start one takes a while. Each test has rooms of its own: the
// players of the test before may still be leaving.
server_program& program() {
    static server_program only;
    return only;
}

void join(visitor& who, const std::string& room, const std::string& name) {
    who.says("JOIN " + room + ' ' + name);
    who.hears("OK");
}

TEST(lobby, ProgramListens) {
    exercise::about(the_handler);
    static_cast<void>(program());
}

TEST(lobby, PlayerJoinsTalksAndLeaves) {
    exercise::about(the_handler);
    visitor ann{program(), "Ann"};
    join(ann, "red", "ann");
    ann.says("SAY hello");
    ann.hears("ann: hello");
    ann.says("LEAVE");
    ann.hears("OK");
    join(ann, "blue", "anna");
    ann.says("SAY ");
    ann.hears("anna: ");
}

TEST(lobby, RoomHearsItsMembersAndNoOthers) {
    exercise::about(one_order);
    visitor ann{program(), "Ann"};
    visitor ben{program(), "Ben"};
    visitor eve{program(), "Eve, in another room,"};
    join(ann, "room1", "ann");
    join(eve, "room2", "eve");
    join(ben, "room1", "ben");
    ann.hears("+ben");
    ben.says("SAY hello");
    ann.hears("ben: hello");
    ben.hears("ben: hello");
    ann.says("LEAVE");
    ann.hears("OK");
    ben.hears("-ann");
    ben.says("SAY alone");
    ben.hears("ben: alone");
    eve.says("SAY first words");
    eve.hears("eve: first words");
    join(ann, "room2", "ann");
    eve.hears("+ann");
}

TEST(lobby, MistakesAreAnswered) {
    exercise::about(lines_in_a_stream);
    visitor ann{program(), "Ann"};
    visitor ben{program(), "Ben"};
    ann.says("SAY hello");
    ann.hears("ERROR nowhere");
    ann.says("LEAVE");
    ann.hears("ERROR nowhere");
    join(ann, "room3", "ann");
    ben.says("JOIN room3 ann");
    ben.hears("ERROR taken");
    join(ben, "room4", "ann");
    ann.says("JOIN room4 ann");
    ann.hears("ERROR already");
    ann.says("SAY still here");
    ann.hears("ann: still here");
}

TEST(lobby, LinesComeInAnyPieces) {
    exercise::about(lines_in_a_stream);
    visitor ann{program(), "Ann"};
    for (const char letter : std::string_view{"JOIN room5 ann\nSAY one\n"})
        ann.sends({&letter, 1});
    ann.hears("OK");
    ann.hears("ann: one");
    std::string many;
    for (int i = 0; i < 2000; ++i)
        many += "SAY " + std::to_string(i) + '\n';
    ann.sends(many + "LEAVE\nJOIN room5 ann\nSAY agai");
    for (int i = 0; i < 2000; ++i)
        ann.hears("ann: " + std::to_string(i));
    ann.hears("OK");
    ann.hears("OK");
    ann.sends("n\n");
    ann.hears("ann: again");
    ann.says("SAY " + std::string(4091, 'x')); // 4,096 bytes
    ann.hears("ann: " + std::string(4091, 'x'));
}

TEST(lobby, NonsenseIsSentAway) {
    exercise::about(last_words);
    for (const char* line : {"", "HELLO", "join red eve", "JOIN red", "JOIN red eve ", "JOIN  eve",
                             "JOIN red Eve", "JOIN red abcdefghijklmnopq", "SAY", "LEAVE now"}) {
        visitor eve{program(), "a client that has sent \"" + std::string{line} + '"'};
        eve.says(line);
        eve.says("SAY more");
        eve.hears("ERROR line");
        eve.hears_the_end();
    }
}

TEST(lobby, LineThatIsTooLongIsSentAway) {
    exercise::about(last_words);
    visitor ann{program(), "Ann"};
    visitor ben{program(), "Ben, whose line has 4,097 bytes,"};
    join(ann, "room6", "ann");
    join(ben, "room6", "ben");
    ann.hears("+ben");
    ben.says("SAY " + std::string(4092, 'x'));
    ben.hears("ERROR line");
    ben.hears_the_end();
    ann.hears("-ben");
    visitor eve{program(), "Eve, who has sent a megabyte without an end of line,"};
    eve.sends(std::string(1'000'000, 'x'));
    eve.hears("ERROR line");
    eve.hears_the_end();
}

TEST(lobby, HalfClosedPlayerGetsTheRest) {
    exercise::about(last_words);
    visitor ann{program(), "Ann"};
    visitor ben{program(), "Ben, who has ended his stream,"};
    join(ann, "room7", "ann");
    ben.sends("JOIN room7 ben\nSAY goodbye\nSAY and this has no en");
    ben.ends();
    ann.hears("+ben");
    ann.hears("ben: goodbye");
    ann.hears("-ben");
    ben.hears("OK");
    ben.hears("ben: goodbye");
    ben.hears_the_end();
}

TEST(lobby, VanishedPlayersLeave) {
    exercise::about(each_end);
    constexpr int count = 10;
    visitor ann{program(), "Ann"};
    join(ann, "room8", "ann");
    for (int round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<visitor>> others;
        std::vector<std::string> wanted;
        for (int i = 0; i < count; ++i) {
            const std::string name = 'p' + std::to_string(i);
            others.push_back(std::make_unique<visitor>(program(), name));
            join(*others.back(), "room8", name);
            ann.hears('+' + name);
            wanted.push_back('-' + name);
        }
        wanted.push_back("ann: to all");
        ann.says("SAY to all"); // it meets some of them while they vanish
        for (const auto& each : others)
            each->vanishes();
        exercise::expect("Ann is told of each of 10 players whose connection is gone");
        std::vector<std::string> heard;
        for (int i = 0; i <= count; ++i)
            heard.push_back(ann.next_line());
        std::sort(heard.begin(), heard.end());
        for (std::size_t i = 0; i < heard.size(); ++i)
            exercise::require(heard[i] == wanted[i],
                              '"' + heard[i] + "\" in place of \"" + wanted[i] + '"');
    }
}

TEST(lobby, AllHearOneOrder) {
    exercise::about(one_order);
    constexpr std::size_t players = 4;
    constexpr std::size_t lines = 50;
    std::vector<std::unique_ptr<visitor>> all;
    for (std::size_t i = 0; i < players; ++i) {
        const std::string name = 'p' + std::to_string(i);
        all.push_back(std::make_unique<visitor>(program(), name));
        join(*all.back(), "room9", name);
    }
    exercise::expect("four players who talk at once all hear the same lines in the same order",
                     std::chrono::seconds{20});
    std::vector<std::vector<std::string>> heard(players);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < players; ++i)
        threads.emplace_back([&me = *all[i], &mine = heard[i]] {
            std::string some;
            for (std::size_t line = 0; line < lines; ++line) {
                some += "SAY " + std::to_string(line) + '\n';
                if (line % 10 == 9)
                    me.sends(std::exchange(some, {}));
            }
            while (mine.size() < players * lines)
                if (std::string line = me.next_line(); !line.starts_with('+'))
                    mine.push_back(std::move(line));
        });
    for (std::thread& each : threads)
        each.join();
    for (std::size_t i = 1; i < players; ++i)
        for (std::size_t line = 0; line < players * lines; ++line)
            exercise::require(heard[i][line] == heard[0][line],
                              "p0 heard \"" + heard[0][line] + "\" where p" + std::to_string(i) +
                                  " heard \"" + heard[i][line] + '"');
}

// A room in which Ann talks and Ben listens, while a third player reads nothing.
struct uneven_room {
    explicit uneven_room(const std::string& room) {
        join(slow, room, "slow");
        join(ben, room, "ben");
        join(ann, room, "ann");
        ben.hears("+ann");
    }

    // Ann talks until she and Ben are told that the slow player has left, but `batches` times 64 KB
    // at most. The two read all that they get before she goes on, so they are never slow.
    void talk(int batches) {
        constexpr int lines = 16;
        const std::string words(4000, 'x');
        std::string batch;
        for (int i = 0; i < lines; ++i)
            batch += "SAY " + words + '\n';
        for (int i = 0; i < batches && !is_cut_off; ++i) {
            exercise::expect("Ann and Ben talk on while another player in the room reads nothing");
            ann.sends(batch);
            for (visitor* each : {&ann, &ben})
                for (int heard = 0; heard < lines;) {
                    const std::string line = each->next_line();
                    const bool is_talk = line == "ann: " + words;
                    exercise::require(is_talk || line == "-slow", each->name() + " got \"" +
                                                                      line.substr(0, 70) +
                                                                      "\" in place of Ann's line");
                    heard += is_talk ? 1 : 0;
                    is_cut_off = is_cut_off || !is_talk;
                }
        }
    }

    visitor slow{program(), "the slow player", 4096};
    visitor ben{program(), "Ben"};
    visitor ann{program(), "Ann"};
    bool is_cut_off = false;
};

TEST(lobby, SlowPlayerHoldsNobodyUpAndIsCutOff) {
    exercise::about(bounded);
    uneven_room room{"room10"};
    // 3.8 MB: more than a system keeps for one connection and 256 KiB, and less than the library's
    // own limit of 4 MiB.
    room.talk(60);
    exercise::expect(
        "a player for whom more than 256 KiB wait is cut off, and the others are told");
    exercise::require(room.is_cut_off, "3.8 MB have been said, and the player is still there");
    room.slow.is_disconnected();
    visitor back{program(), "The slow player, who is back,"};
    join(back, "room10", "slow");
}

TEST(lobby, CtrlCEndsTheProgram) {
    exercise::about(stopping);
    uneven_room room{"room11"};
    visitor silent{program(), "a client that says nothing"};
    visitor unfinished{program(), "a client in the middle of a line"};
    unfinished.sends("JOI");
    room.talk(4);
    program().press_ctrl_c();
    for (visitor* each : {&room.ann, &room.ben, &room.slow, &silent, &unfinished})
        each->is_disconnected();
}

} // namespace
