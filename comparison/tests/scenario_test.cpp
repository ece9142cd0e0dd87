#include "processes/stop.hpp"
#include "processes/this_system.hpp"
#include "scenarios/echo_scenario.hpp"
#include "scenarios/idle_scenario.hpp"
#include "scenarios/slow_client_scenario.hpp"
#include "scenarios/stream_scenario.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

std::filesystem::path test_server() {
    return std::filesystem::path{program_folder()} / L"comparison_test_server.exe";
}

server_program server_that(const wchar_t* how) {
    return {test_server(), {how}};
}

// Longer than any machine takes to give as many replies as a percentile needs.
constexpr std::chrono::nanoseconds long_enough = 60s;

echo_options four_connections() {
    echo_options options;
    options.connections = 4;
    options.duration = 50ms;
    return options;
}

void expect_figures(const sample& result, const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const auto& [name, value] : result.figures) {
        found.push_back(name);
        EXPECT_GT(value, 0.0) << name;
    }
    EXPECT_EQ(found, names);
}

std::string failure_of(const wchar_t* how, const echo_options& options) {
    try {
        static_cast<void>(measure_echo(server_that(how), options));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(echo_scenario, GivesEveryFigure) {
    echo_options options = four_connections();
    options.duration = 500ms; // many ticks of the clock that counts the processor time
    options.replies_each = 150;
    options.longest = long_enough;
    const sample result = measure_echo(server_that(L"echo"), options);
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
    echo_options options = four_connections();
    options.duration = 1ms;
    options.replies_each = 1;
    options.longest = long_enough;
    options.connections = 26; // of 500 replies in all
    const sample result = measure_echo(server_that(L"echo"), options);
    EXPECT_EQ(result.figures.count("fairness"), 0u) << result.figures.at("replies");
}

TEST(echo_scenario, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(L"dies", four_connections()),
              "did not say where it listens; it ended with exit code 3; its last words: no "
              "such luck");
}

TEST(echo_scenario, SaysThatTheServerNeverListened) {
    echo_options options = four_connections();
    options.patience = 300ms;
    EXPECT_EQ(failure_of(L"never-listens", options).rfind("did not say where it listens", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerNamedNoPort) {
    EXPECT_EQ(failure_of(L"prints-junk", four_connections()).rfind("listens on no port: 99999", 0),
              0u);
}

TEST(echo_scenario, SaysThatTheServerDiedUnderLoad) {
    echo_options options = four_connections();
    options.connections = 1;
    options.duration = 1h; // it dies before that
    const std::string failure = failure_of(L"dies-under-load", options);
    EXPECT_EQ(failure.rfind("connection 1: ", 0), 0u) << failure;
    EXPECT_NE(failure.find("it ended with exit code 9"), std::string::npos) << failure;
    EXPECT_NE(failure.find("out of luck"), std::string::npos) << failure;
}

TEST(echo_scenario, SaysThatAByteIsWrong) {
    echo_options options = four_connections();
    options.duration = 1h; // it goes wrong before that
    const std::string failure = failure_of(L"wrong-byte", options);
    EXPECT_NE(failure.find("wrong byte: byte 5 "), std::string::npos) << failure;
}

TEST(echo_scenario, StopsWhenItIsTold) {
    stop_source source;
    source.request_stop();
    EXPECT_THROW(static_cast<void>(
                     measure_echo(server_that(L"echo"), four_connections(), source.get_token())),
                 interrupted);
}

TEST(idle_scenario, GivesEveryFigure) {
    idle_options options;
    options.active = 2;
    options.silent = 6;
    options.duration = 50ms;
    options.longest = long_enough;
    const sample result = measure_idle(server_that(L"hoards"), options);
    expect_figures(result,
                   {"load_busy", "memory_mib", "memory_per_silent_kib", "p50_ms", "p99_ms",
                    "replies", "requests_per_second", "silent", "silent_per_second", "threads"});
    EXPECT_EQ(result.figures.at("silent"), 6.0);
    EXPECT_GE(result.figures.at("threads"), 10.0);
    EXPECT_GE(result.figures.at("memory_per_silent_kib"), 1000.0) << "a mebibyte for each message";
    EXPECT_EQ(result.limit, "");
}

TEST(idle_scenario, HasNoFigureOfSilentClientsWithoutAny) {
    idle_options options;
    options.active = 2;
    options.duration = 50ms;
    const sample result = measure_idle(server_that(L"echo"), options);
    EXPECT_EQ(result.figures.at("silent"), 0.0);
    EXPECT_EQ(result.figures.count("memory_per_silent_kib"), 0u);
    EXPECT_EQ(result.figures.count("silent_per_second"), 0u);
}

TEST(idle_scenario, SaysWhereTheServerStopped) {
    idle_options options;
    options.active = 2;
    options.silent = 100;
    options.duration = 50ms;
    const sample result = measure_idle(server_that(L"takes-eight"), options);
    EXPECT_EQ(result.figures.at("silent"), 6.0);
    EXPECT_GT(result.figures.at("requests_per_second"), 0.0);
    EXPECT_EQ(result.limit.rfind("stopped at 6 of 100 silent clients: ", 0), 0u) << result.limit;
    EXPECT_TRUE(result.limit.ends_with("; its last words: eight is enough")) << result.limit;
}

TEST(slow_client_scenario, GivesEveryFigure) {
    slow_client_options options;
    options.ordinary = 3;
    options.duration = 50ms;
    options.longest = long_enough;
    const sample result = measure_slow_client(server_that(L"echo"), options);
    expect_figures(result,
                   {"load_busy", "memory_mib", "p50_ms", "p99_alone_ms", "p99_ms", "replies",
                    "requests_per_second", "requests_per_second_alone", "threads", "unread_mib"});
    EXPECT_GE(result.figures.at("threads"), 7.0);
    EXPECT_EQ(result.limit, "");
}

TEST(stream_scenario, GivesEveryFigure) {
    stream_options options;
    options.connections = 2;
    options.message_size = 64 * 1024;
    options.duration = 1s; // many ticks of the clock that counts the processor time
    options.longest = long_enough;
    const sample result = measure_stream(server_that(L"echo"), options);
    expect_figures(result, {"cpu_us_per_mib", "load_busy", "megabytes_per_second", "memory_mib",
                            "replies", "threads"});
    EXPECT_GE(result.figures.at("replies"), 50.0);
    EXPECT_EQ(result.limit, "");
}

} // namespace
