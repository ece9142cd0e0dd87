#include "processes/child_process.hpp"

#include "processes/started_program.hpp"
#include "processes/stop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds deadline = 20s;

std::filesystem::path test_server() {
    return program_folder() / L"comparison_test_server.exe";
}

TEST(child_process, GivesTheExitCodeAndTheOutput) {
    child_process process{test_server(), {L"dies"}};
    EXPECT_EQ(process.wait(deadline), std::optional<DWORD>{3});
    EXPECT_EQ(process.wait_for_line("no such ", deadline), std::optional<std::string>{"luck"});
}

TEST(child_process, FindsALineAfterOthers) {
    child_process process{test_server()};
    const std::optional<std::string> port =
        process.wait_for_line("listening on 127.0.0.1:", deadline);
    ASSERT_TRUE(port);
    EXPECT_GT(std::stoi(*port), 0);
    EXPECT_EQ(process.wait(0ms), std::nullopt) << "it still runs";
}

TEST(child_process, FindsNoLineWhenTheOutputEnds) {
    child_process process{test_server(), {L"dies"}};
    EXPECT_EQ(process.wait_for_line("listening", deadline), std::nullopt);
}

TEST(child_process, GivesUpWaitingForALine) {
    child_process process{test_server(), {L"never-listens"}};
    ASSERT_TRUE(process.wait_for_line("thinking", deadline));
    EXPECT_EQ(process.wait_for_line("listening", 50ms), std::nullopt);
}

TEST(child_process, StopsWaitingWhenItIsTold) {
    child_process process{test_server(), {L"never-listens"}};
    stop_source source;
    source.request_stop();
    const auto forever = std::chrono::hours{1};
    EXPECT_THROW(static_cast<void>(process.wait(forever, source.get_token())), interrupted);
    EXPECT_THROW(static_cast<void>(process.wait_for_line("listening", forever, source.get_token())),
                 interrupted);
}

TEST(child_process, NamesTheProgramThatIsMissing) {
    try {
        child_process process{L"Z:\\no such folder\\no_such_program.exe"};
        FAIL() << "no exception";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string{error.what()}.find("no_such_program.exe"), std::string::npos)
            << error.what();
    }
}

TEST(child_process, DoesNotHoldUpAProcessThatTalksMuch) {
    child_process process{test_server(), {L"talks-much"}};
    EXPECT_EQ(process.wait(deadline), std::optional<DWORD>{7});
    EXPECT_LE(process.output().size(), 64u * 1024);
}

TEST(child_process, EndsWithItsOwner) {
    win32::unique_handle handle;
    {
        child_process process{test_server()};
        ASSERT_TRUE(process.wait_for_line("listening", deadline));
        HANDLE copy = nullptr;
        ASSERT_TRUE(::DuplicateHandle(::GetCurrentProcess(), process.handle(),
                                      ::GetCurrentProcess(), &copy, 0, FALSE,
                                      DUPLICATE_SAME_ACCESS));
        handle.reset(copy);
        ASSERT_EQ(::WaitForSingleObject(handle.get(), 0), static_cast<DWORD>(WAIT_TIMEOUT));
    }
    EXPECT_EQ(::WaitForSingleObject(handle.get(), 0), WAIT_OBJECT_0);
}

TEST(child_process, IsTerminatedWhenItDoesNotStop) {
    child_process process{test_server(), {L"deaf"}};
    ASSERT_TRUE(process.wait_for_line("listening", deadline));
    // Without a console there is no way to ask.
    EXPECT_NE(process.stop(100ms), ending::on_request);
    EXPECT_TRUE(process.wait(0ms));
}

std::string fault_of_ending(const wchar_t* how, std::chrono::milliseconds patience) {
    child_process server{test_server(), {how}, console::own}; // so there is a way to ask
    EXPECT_TRUE(server.wait_for_line("listening", deadline));
    return stop_server(server, patience);
}

TEST(stop_server, HasNothingToSayOfAGoodEnd) {
    EXPECT_EQ(fault_of_ending(L"echo", deadline), "");
}

TEST(stop_server, SaysThatTheServerFailedMeanwhile) {
    EXPECT_EQ(fault_of_ending(L"fails-late", deadline),
              "when it was stopped it ended with exit code 5");
}

TEST(stop_server, SaysThatTheServerWentOn) {
    EXPECT_EQ(fault_of_ending(L"deaf", 100ms), "did not stop on Ctrl+Break: terminated");
}

TEST(stop_server, SaysThatTheServerHadEnded) {
    child_process server{test_server(), {L"dies"}};
    ASSERT_TRUE(server.wait(deadline));
    EXPECT_EQ(stop_server(server, deadline), "it ended by itself with exit code 3");
}

TEST(fate_of, GivesTheCodeOfACrashInHexadecimalDigits) {
    child_process server{test_server(), {L"crashes"}};
    ASSERT_TRUE(server.wait(deadline));
    EXPECT_EQ(fate_of(server), "; it ended with exit code 0xC0000005");
}

} // namespace
