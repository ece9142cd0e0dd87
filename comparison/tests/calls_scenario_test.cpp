#include "processes/child_process.hpp"
#include "processes/stop.hpp"
#include "scenarios/calls_scenario.hpp"

#include "scenario_fixture.hpp"

#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

using figures = std::map<std::string, double>;

TEST(calls_of, CountsByNameAndByKind) {
    trace_file trace;
    for (const char* const name : {"accept", "recv", "send", "recv", "send", "WSAPoll", "recv"})
        trace.calls.push_back({name, {}, {}});
    const sample found = calls_of(trace, 2);
    EXPECT_EQ(found.figures, (figures{{"io_calls_per_echo", 2.5},
                                      {"waits_per_echo", 0.5},
                                      {"call/accept", 0.5},
                                      {"call/recv", 1.5},
                                      {"call/send", 1.0},
                                      {"call/WSAPoll", 0.5}}));
}

class calls_scenario : public ::testing::Test {
protected:
    [[nodiscard]] static figures measured(const wchar_t* program, unsigned connections = 1) {
        return fixture::measured("calls", server(program), {{"connections", connections}},
                                 {.echoes = 1000})
            .figures;
    }

    [[nodiscard]] static command server(const wchar_t* name, const wchar_t* argument = L"") {
        command result{program_folder() / name};
        if (*argument != L'\0')
            result.arguments = {argument};
        return result;
    }

    [[nodiscard]] static std::string failure_of(const command& program) {
        try {
            static_cast<void>(
                fixture::measured("calls", program, {{"connections", 1}}, {.echoes = 10}, 2s));
            return "no failure";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

private:
    win32::winsock winsock_;
};

// The share of starting, accepting and stopping in the count of any one call for each echo.
constexpr double setup = 0.02;

TEST_F(calls_scenario, BlockingReceivesAndSendsAndNeverWaits) {
    const figures found = measured(L"01_blocking_echo.exe");
    EXPECT_NEAR(found.at("call/recv"), 1, setup);
    EXPECT_NEAR(found.at("call/send"), 1, setup);
    EXPECT_NEAR(found.at("io_calls_per_echo"), 2, setup);
    EXPECT_NEAR(found.at("waits_per_echo"), 0, setup);
}

TEST_F(calls_scenario, NonBlockingAsksOnceForEachEchoOfOneClient) {
    const figures found = measured(L"02_nonblocking_echo.exe");
    EXPECT_NEAR(found.at("io_calls_per_echo"), 2, setup);
    EXPECT_NEAR(found.at("call/WSAPoll"), 1, setup);
    EXPECT_NEAR(found.at("waits_per_echo"), 1, setup);
}

TEST_F(calls_scenario, EventsWaitForEachOperation) {
    const figures found = measured(L"03_overlapped_event_echo.exe");
    EXPECT_NEAR(found.at("call/WSARecv"), 1, setup);
    EXPECT_NEAR(found.at("call/WSASend"), 1, setup);
    EXPECT_NEAR(found.at("io_calls_per_echo"), 2, setup);
    EXPECT_NEAR(found.at("call/WSAWaitForMultipleEvents"), 2, setup);
    EXPECT_NEAR(found.at("call/WSAGetOverlappedResult"), 2, setup);
    EXPECT_NEAR(found.at("waits_per_echo"), 2, setup);
}

TEST_F(calls_scenario, CallbacksMakeTwoIoCalls) {
    const figures found = measured(L"04_overlapped_callback_echo.exe");
    EXPECT_NEAR(found.at("io_calls_per_echo"), 2, setup);
    // A wait runs all routines that are due. A client that is quick may have sent its next message
    // before they are through, so one wait may serve several echoes.
    EXPECT_GT(found.at("waits_per_echo"), 0);
    EXPECT_LT(found.at("waits_per_echo"), 2 + setup);
}

TEST_F(calls_scenario, ACompletionPortTakesAPacketForEachOperation) {
    for (const unsigned connections : {1u, 8u}) {
        const figures found = measured(L"05_iocp_echo.exe", connections);
        EXPECT_NEAR(found.at("io_calls_per_echo"), 2, setup);
        EXPECT_NEAR(found.at("call/GetQueuedCompletionStatus"), 2, 3 * setup);
    }
}

TEST_F(calls_scenario, SeesTheCallsThatALibraryMakes) {
    const figures found = measured(L"peer_asio_echo.exe");
    EXPECT_NEAR(found.at("call/WSARecv"), 1, setup);
    EXPECT_NEAR(found.at("call/WSASend"), 1, setup);
    // Now and then a packet is there before the call that has started the operation is back. Then
    // Asio posts it anew.
    EXPECT_NEAR(found.at("call/GetQueuedCompletionStatus"),
                2 + found.at("call/PostQueuedCompletionStatus"), 2 * setup);
}

TEST_F(calls_scenario, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(server(L"comparison_test_server.exe", L"dies")),
              "did not say where it listens; it ended with exit code 3; its last words: no such "
              "luck");
    const std::string failure =
        failure_of(server(L"comparison_test_server.exe", L"dies-under-load"));
    EXPECT_NE(failure.find("it ended with exit code 9"), std::string::npos) << failure;
}

TEST_F(calls_scenario, SaysThatThereIsNoRecording) {
    const std::string failure = failure_of(server(L"comparison_test_server.exe", L"polite"));
    EXPECT_NE(failure.find("trace: cannot be read"), std::string::npos) << failure;
}

TEST_F(calls_scenario, SaysThatTheServerDidNotStop) {
    const std::string failure = failure_of(server(L"comparison_test_server.exe", L"deaf"));
    EXPECT_EQ(failure.rfind("did not stop after Ctrl+C; it ended with exit code 1", 0), 0u)
        << failure;
}

TEST_F(calls_scenario, StopsWhenItIsTold) {
    stop_source source;
    source.request_stop();
    EXPECT_THROW(static_cast<void>(fixture::measured("calls", server(L"05_iocp_echo.exe"),
                                                     {{"connections", 1}}, {.echoes = 2000}, 10s,
                                                     source.get_token())),
                 interrupted);
}

} // namespace
