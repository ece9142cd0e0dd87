#include "testing/exercise/check.hpp"
#include "files/file_content.hpp"
#include "files/temporary_folder.hpp"
#include "testing/client.hpp"
#include "testing/exercise/server_program.hpp"
#include "testing/exercise/visitor.hpp"
#include "win32/text.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using exercise::server_program;
using exercise::visitor;

const exercise::rule the_handler{"a server is a handler, and a program around it",
                                 "05_iocp/server/README.md", "1. The whole, from outside"};
const exercise::rule pieces{
    "TCP knows bytes only: a line and a file come in any pieces, and a line has a limit",
    "05_iocp/server/README.md", "What a game server adds"};
const exercise::rule files_on_the_port{
    "the write of a block is an operation of the session, and no thread waits for it",
    "05_iocp/server/README.md", "Files on the same port"};
const exercise::rule last_words{
    "the last words arrive though the client goes on sending: close() reads on",
    "05_iocp/server/README.md", "5. The last words get lost"};
const exercise::rule names_and_files{"a client's name for a file is looked at before it is used",
                                     "05_iocp/server/README.md", "What HTTP adds"};
const exercise::rule each_end{"a session ends in many ways, and each of them comes to on_close",
                              "05_iocp/server/README.md",
                              "4. A packet comes for a session that is gone"};
const exercise::rule stopping{
    "stop() ends every session, whatever its client does", "05_iocp/server/README.md",
    "10. Ctrl+C loses answers, and a stop inside a handler waits for itself"};

// The folder that the files go into, in a folder that has nothing else.
struct place {
    place() { std::filesystem::create_directory(drop); }
    const files::temporary_folder outer;
    const std::filesystem::path drop = outer.path() / "drop";
};

const place& folder() {
    static const place only;
    return only;
}

std::atomic<server_program*> running{nullptr};

void clean() {
    if (server_program* const program = running)
        program->terminate(); // it may have files open
    folder().outer.remove();
}

// The program of all tests, since to start one takes a while. Each test has files of its own.
server_program& program() {
    const std::wstring drop = folder().drop.native();
    exercise::call_at_failure(clean);
    static server_program only{{L"--folder", drop}};
    running = &only;
    return only;
}

// The files whose OK has come.
std::set<std::string> arrived;

void gets_ok(visitor& who, const std::string& name) {
    who.hears("OK");
    arrived.insert(name);
}

std::set<std::string> names() {
    std::set<std::string> found;
    for (const auto& each : std::filesystem::directory_iterator{folder().drop})
        found.insert(win32::to_utf8(each.path().filename().native()));
    return found;
}

// A file that was begun may be deleted a moment after its client has gone.
void require_only_whole_files() {
    exercise::expect("the folder has the files that came whole, and nothing else",
                     std::chrono::seconds{20});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (names() != arrived && std::chrono::steady_clock::now() < end)
        ::SleepEx(5, FALSE);
    for (const std::string& each : names())
        exercise::require(arrived.contains(each), "it has " + each + ", which did not come whole");
    for (const std::string& each : arrived)
        exercise::require(names().contains(each), "it lacks " + each);
}

void require_content(const std::string& name, std::string_view content) {
    exercise::expect(name + " is in the folder when its OK comes, with all its bytes");
    const std::filesystem::path file = folder().drop / name;
    exercise::require(std::filesystem::exists(file), "it is not there");
    const std::string got = files::content_of(file);
    exercise::require(got.size() == content.size(),
                      std::to_string(got.size()) + " bytes, not " + std::to_string(content.size()));
    exercise::require(got == content, "as many bytes, but other ones");
}

// Sends all of a large file, or of what follows a line. Takes a while on a busy machine.
void send_all(visitor& who, std::string_view bytes) {
    exercise::expect("the server takes what " + who.name() + " sends", std::chrono::seconds{30});
    who.sends(bytes);
}

TEST(file_drop, ProgramListens) {
    exercise::about(the_handler);
    static_cast<void>(program());
}

TEST(file_drop, FileArrives) {
    exercise::about(the_handler);
    visitor ann{program(), "Ann"};
    ann.sends("PUT hello.txt 5\nhello");
    gets_ok(ann, "hello.txt");
    require_content("hello.txt", "hello");
    ann.ends();
    ann.hears_the_end();
}

TEST(file_drop, FilesComeInAnyPieces) {
    exercise::about(pieces);
    visitor ann{program(), "Ann"};
    for (const char letter : std::string_view{"PUT one 3\n123"})
        ann.sends({&letter, 1});
    gets_ok(ann, "one");
    ann.sends("PUT two 4\nab\ncPUT empty 0\nPUT three-_3.x 2\n");
    gets_ok(ann, "two");
    gets_ok(ann, "empty");
    ann.sends("\n\nPUT four");
    gets_ok(ann, "three-_3.x");
    ann.sends(" 1\n4");
    gets_ok(ann, "four");
    require_content("one", "123");
    require_content("two", "ab\nc");
    require_content("empty", "");
    require_content("three-_3.x", "\n\n");
    require_content("four", "4");
}

TEST(file_drop, LargeFileArrives) {
    exercise::about(files_on_the_port);
    const std::string content = harness::make_message(1'000'000);
    visitor ann{program(), "Ann"};
    send_all(ann, "PUT large.bin 1000000\n" + content + "PUT after 1\n!");
    gets_ok(ann, "large.bin");
    gets_ok(ann, "after");
    require_content("large.bin", content);
    require_content("after", "!");
}

TEST(file_drop, MistakesAreAnswered) {
    exercise::about(last_words);
    for (const char* line : {"", "GET a 3", "put a 3", "PUT a", "PUT a x", "PUT a -1", "PUT a 3 ",
                             "PUT a 3 4", "PUT a 123456789", "PUT  a 3"}) {
        visitor eve{program(), "a client that has sent \"" + std::string{line} + '"'};
        eve.says(line);
        eve.sends("PUT more 1\n!");
        eve.hears("ERROR line");
        eve.hears_the_end();
    }
    visitor ann{program(), "Ann, who has sent a megabyte without an end of line,"};
    send_all(ann, std::string(1'000'000, 'x'));
    ann.hears("ERROR line");
    ann.hears_the_end();
    visitor ben{program(), "Ben, whose file is too large,"};
    ben.says("PUT big 16777217");
    send_all(ben, std::string(1'000'000, 'x'));
    ben.hears("ERROR size");
    ben.hears_the_end();
}

TEST(file_drop, NoNameLeavesTheFolder) {
    exercise::about(names_and_files);
    for (const char* name :
         {"..",       ".",     "../up",       "..\\up",
          "a/b",      "a\\b",  "/up",         "\\up",
          "c:up",     "a:b",   ".hidden",     "dot.",
          "a..b",     "a.b.c", "a.123456789", "Large",
          "\xC3\xA4", "con",   "nul",         "nul.txt",
          "aux.c",    "com1",  "lpt9.x",      "a23456789012345678901234567890123"}) {
        visitor eve{program(), "a client that has sent \"PUT " + std::string{name} + " 3\""};
        eve.sends("PUT " + std::string{name} + " 3\n123");
        eve.hears("ERROR name");
        eve.hears_the_end();
    }
    visitor ann{program(), "Ann, whose file has a good name,"};
    for (const char* name : {"console", "com10", "a2345678901234567890123456789012.12345678"}) {
        ann.sends("PUT " + std::string{name} + " 1\n!");
        gets_ok(ann, name);
    }
    exercise::expect("nothing is written outside of the folder");
    for (const auto& each : std::filesystem::directory_iterator{folder().outer.path()})
        exercise::require(each.path() == folder().drop,
                          "beside it lies " + win32::to_utf8(each.path().filename().native()));
}

TEST(file_drop, NoFileIsReplaced) {
    exercise::about(names_and_files);
    visitor ann{program(), "Ann"};
    ann.sends("PUT mine 3\nann");
    gets_ok(ann, "mine");
    visitor ben{program(), "Ben"};
    ben.sends("PUT mine 3\nben");
    ben.hears("ERROR exists");
    ben.hears_the_end();
    require_content("mine", "ann");
}

TEST(file_drop, OneOfTwoAtOnceGetsTheName) {
    exercise::about(names_and_files);
    const std::string half(50'000, 'a');
    const std::string whole(100'000, 'b');
    visitor ann{program(), "Ann"};
    visitor ben{program(), "Ben"};
    ann.sends("PUT race 100000\n" + half);
    ben.sends("PUT race 100000\n" + whole);
    exercise::expect("of two clients who send a file of the same name at once, one gets OK and the "
                     "other one ERROR exists");
    const std::string bens = ben.next_line();
    ann.sends(half);
    const std::string anns = ann.next_line();
    exercise::require((bens == "OK" && anns == "ERROR exists") ||
                          (bens == "ERROR exists" && anns == "OK"),
                      "Ben got \"" + bens + "\", and Ann \"" + anns + '"');
    arrived.insert("race");
    require_content("race", bens == "OK" ? whole : half + half);
}

TEST(file_drop, ClientThatEndsTooSoonLeavesNothing) {
    exercise::about(last_words);
    visitor ann{program(), "Ann, who has ended her stream in a file,"};
    send_all(ann, "PUT half 1000000\n" + std::string(500'000, 'x'));
    ann.ends();
    ann.hears("ERROR short");
    ann.hears_the_end();
    visitor ben{program(), "Ben, who has ended his stream in a line,"};
    ben.sends("PUT half");
    ben.ends();
    ben.hears("ERROR short");
    ben.hears_the_end();
    require_only_whole_files();
}

// Before each client vanishes, another file comes: the server waits for more of the half one then.
TEST(file_drop, VanishedClientLeavesNothing) {
    exercise::about(each_end);
    visitor ben{program(), "Ben"};
    for (int i = 0; i < 10; ++i) {
        const std::string number = std::to_string(i);
        visitor ann{program(), "Ann"};
        ann.sends("PUT whole" + number + " 1\n!");
        ann.sends("PUT half" + number + " 2\n!");
        gets_ok(ann, "whole" + number);
        ben.sends("PUT bens" + number + " 1\n!");
        gets_ok(ben, "bens" + number);
        ann.vanishes();
    }
    require_only_whole_files();
}

TEST(file_drop, ClientsThatPauseHoldNobodyUp) {
    exercise::about(files_on_the_port);
    std::vector<std::unique_ptr<visitor>> stuck;
    for (int i = 0; i < 20; ++i) {
        stuck.push_back(std::make_unique<visitor>(program(), "a client that pauses in a file"));
        stuck.back()->sends("PUT slow" + std::to_string(i) + " 40000\n" + std::string(20'000, 'x'));
    }
    visitor ann{program(), "Ann, beside 20 clients that pause in their files,"};
    ann.sends("PUT quick 1\n!");
    gets_ok(ann, "quick");
    for (std::size_t i = 0; i < stuck.size(); ++i) {
        stuck[i]->sends(std::string(20'000, 'x'));
        gets_ok(*stuck[i], "slow" + std::to_string(i));
    }
}

TEST(file_drop, CtrlCEndsTheProgram) {
    exercise::about(stopping);
    visitor silent{program(), "a client that says nothing"};
    visitor stuck{program(), "a client that pauses in its file"};
    stuck.sends("PUT first 1\n!PUT second 2\n!");
    gets_ok(stuck, "first");
    program().press_ctrl_c();
    silent.is_disconnected();
    stuck.is_disconnected();
    require_only_whole_files();
    folder().outer.remove();
}

} // namespace
