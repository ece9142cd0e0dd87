#include "processes/child_process.hpp"
#include "processes/stop.hpp"
#include "scenarios/loaded_server.hpp"

#include "scenario_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

using fixture::measured;

command server_that(const wchar_t* how) {
    return {program_folder() / L"comparison_test_server.exe", {how}};
}

// Seconds. Longer than any machine takes to give as many replies as a percentile needs.
constexpr double long_enough = 60;

const parameter_list four_connections{{"connections", 4}};
const effort short_time{.seconds = 0.05};
const effort an_hour{.seconds = 3600}; // for a server that goes wrong before that

void expect_figures(const sample& result, const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const auto& [name, value] : result.figures) {
        found.push_back(name);
        EXPECT_GT(value, 0.0) << name;
    }
    EXPECT_EQ(found, names);
}

std::string failure_of(const wchar_t* server, const effort& how = short_time,
                       std::chrono::milliseconds patience = 10s,
                       const parameter_list& parameters = four_connections) {
    try {
        static_cast<void>(measured("echo", server_that(server), parameters, how, patience));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(echo_scenario, GivesEveryFigure) {
    // Half a second is many ticks of the clock that counts the processor time.
    const sample result = measured("echo", server_that(L"echo"), four_connections,
                                   {.seconds = 0.5, .replies_each = 150, .longest = long_enough});
    expect_figures(result, {"context_switches_per_request", "cpu_us_per_request", "fairness",
                            "idle_memory_mib", "load_busy", "memory_mib", "p50_ms", "p99_ms",
                            "replies", "requests_per_second", "threads"});
    EXPECT_GE(result.figures.at("replies"), 600.0);
    EXPECT_GE(result.figures.at("threads"), 6.0)
        << "main, one that accepts, one for each connection";
    EXPECT_GE(result.figures.at("p99_ms"), result.figures.at("p50_ms"));
    EXPECT_LE(result.figures.at("fairness"), 1.0);
    EXPECT_EQ(result.limit, "");
}

// On Windows a process may have threads that it did not start: what counts is the difference.
TEST(loaded_server, SeesAThreadForEveryClient) {
    load_options options;
    options.connections = 4;
    options.duration = 50ms;
    options.silent = 3;
    load_report report = load_server(server_that(L"echo"), options, {});
    EXPECT_EQ(report.connected.value().threads, report.idle.value().threads + 4);
    EXPECT_EQ(report.with_silent.value().threads, report.idle.value().threads + 7);
    EXPECT_EQ(report.loaded.value().threads, report.idle.value().threads + 7);

    options.silent = 0;
    options.slow_clients = true;
    report = load_server(server_that(L"echo"), options, {});
    EXPECT_EQ(report.loaded.value().threads, report.idle.value().threads + 6);
}

TEST(loaded_server, LeavesOutPercentilesThatAreChance) {
    load_window window{.replies = 1, .time = 1s, .timed = 300, .p50 = 1ms, .p99 = 2ms};
    sample result;
    add_replies(result, window);
    expect_figures(result, {"p50_ms", "p99_ms", "replies", "requests_per_second"});

    window.timed = 299;
    result = {};
    add_replies(result, window);
    expect_figures(result, {"p50_ms", "replies", "requests_per_second"});

    window.timed = 19;
    result = {};
    add_replies(result, window);
    expect_figures(result, {"replies", "requests_per_second"});
}

TEST(loaded_server, SaysWhatShareOfTheTimeTheLoadWorked) {
    sample result;
    add_load(result, {.time = 4s, .waited = 3s});
    EXPECT_DOUBLE_EQ(result.figures.at("load_busy"), 0.25);
}

TEST(echo_scenario, HasNoFairnessOfFewReplies) {
    const sample result =
        measured("echo", server_that(L"echo"), {{"connections", 26}}, // of 500 replies in all
                 {.seconds = 0.001, .replies_each = 1, .longest = long_enough});
    EXPECT_EQ(result.figures.count("fairness"), 0u) << result.figures.at("replies");
}

TEST(echo_scenario, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(L"dies"),
              "did not say where it listens; it ended with exit code 3; its last words: no "
              "such luck");
}

TEST(echo_scenario, SaysThatTheServerNeverListened) {
    EXPECT_EQ(
        failure_of(L"never-listens", short_time, 300ms).rfind("did not say where it listens", 0),
        0u);
}

TEST(echo_scenario, SaysThatTheServerNamedNoPort) {
    EXPECT_EQ(failure_of(L"prints-junk").rfind("listens on no port: 99999", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerDiedUnderLoad) {
    const std::string failure = failure_of(L"dies-under-load", an_hour, 10s, {{"connections", 1}});
    EXPECT_EQ(failure.rfind("connection 1: ", 0), 0u) << failure;
    EXPECT_NE(failure.find("it ended with exit code 9"), std::string::npos) << failure;
    EXPECT_NE(failure.find("out of luck"), std::string::npos) << failure;
}

TEST(echo_scenario, SaysThatAByteIsWrong) {
    const std::string failure = failure_of(L"wrong-byte", an_hour);
    EXPECT_NE(failure.find("wrong byte: byte 5 "), std::string::npos) << failure;
}

TEST(echo_scenario, StopsWhenItIsTold) {
    stop_source source;
    source.request_stop();
    EXPECT_THROW(static_cast<void>(measured("echo", server_that(L"echo"), four_connections,
                                            short_time, 10s, source.get_token())),
                 interrupted);
}

TEST(idle_scenario, GivesEveryFigure) {
    const sample result =
        measured("idle", server_that(L"hoards"), {{"silent", 6}, {"connections", 2}},
                 {.seconds = 0.05, .longest = long_enough});
    expect_figures(result,
                   {"load_busy", "memory_mib", "memory_per_silent_kib", "p50_ms", "p99_ms",
                    "replies", "requests_per_second", "silent", "silent_per_second", "threads"});
    EXPECT_EQ(result.figures.at("silent"), 6.0);
    EXPECT_GE(result.figures.at("threads"), 10.0);
    EXPECT_GE(result.figures.at("memory_per_silent_kib"), 1000.0) << "a mebibyte for each message";
    EXPECT_EQ(result.limit, "");
}

TEST(idle_scenario, HasNoFigureOfSilentClientsWithoutAny) {
    const sample result =
        measured("idle", server_that(L"echo"), {{"silent", 0}, {"connections", 2}}, short_time);
    EXPECT_EQ(result.figures.at("silent"), 0.0);
    EXPECT_EQ(result.figures.count("memory_per_silent_kib"), 0u);
    EXPECT_EQ(result.figures.count("silent_per_second"), 0u);
}

TEST(idle_scenario, SaysWhereTheServerStopped) {
    const sample result = measured("idle", server_that(L"takes-eight"),
                                   {{"silent", 100}, {"connections", 2}}, short_time);
    EXPECT_EQ(result.figures.at("silent"), 6.0);
    EXPECT_GT(result.figures.at("requests_per_second"), 0.0);
    EXPECT_EQ(result.limit.rfind("stopped at 6 of 100 silent clients: ", 0), 0u) << result.limit;
    EXPECT_TRUE(result.limit.ends_with("; its last words: eight is enough")) << result.limit;
}

TEST(slow_client_scenario, GivesEveryFigure) {
    const sample result = measured("slow_client", server_that(L"echo"), {{"connections", 3 + 2}},
                                   {.seconds = 0.05, .longest = long_enough});
    expect_figures(result,
                   {"load_busy", "memory_mib", "p50_ms", "p99_alone_ms", "p99_ms", "replies",
                    "requests_per_second", "requests_per_second_alone", "threads", "unread_mib"});
    EXPECT_GE(result.figures.at("threads"), 7.0);
    EXPECT_EQ(result.limit, "");
}

TEST(stream_scenario, GivesEveryFigure) {
    // The test's own server takes 64 bytes at a time. Five seconds are many ticks of the clock that
    // counts the processor time, and enough for the replies on a busy machine.
    const sample result =
        measured("stream", {program_folder() / L"01_blocking_echo.exe"},
                 {{"connections", 2}, {"message_mib", 1}}, {.seconds = 1, .longest = 5});
    expect_figures(result, {"cpu_us_per_mib", "load_busy", "megabytes_per_second", "memory_mib",
                            "replies", "threads"});
    EXPECT_GE(result.figures.at("replies"), 50.0);
    EXPECT_EQ(result.limit, "");
}

} // namespace
