#include "echo_scenario.hpp"
#include "interrupt.hpp"
#include "system_figures.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

std::filesystem::path test_server() {
    return std::filesystem::path{program_folder()} / L"comparison_test_server.exe";
}

echo_options options_for(const wchar_t* how) {
    echo_options options;
    options.connections = 4;
    options.duration = 50ms;
    options.arguments = {how};
    return options;
}

std::string failure_of(const echo_options& options) {
    try {
        static_cast<void>(measure_echo(test_server(), options));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(echo_scenario, GivesEveryFigure) {
    const echo_sample sample = measure_echo(test_server(), options_for(L"echo"));
    EXPECT_GT(sample.requests_per_second, 0.0);
    EXPECT_GT(sample.median_ms, 0.0);
    EXPECT_GE(sample.p99_ms, sample.median_ms);
    EXPECT_GE(sample.threads, 6.0) << "main, one that accepts, one for each connection";
    EXPECT_GT(sample.idle_mib, 0.0);
    EXPECT_GT(sample.memory_mib, 0.0);
}

TEST(echo_scenario, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(options_for(L"dies")),
              "did not say where it listens; it ended with exit code 3; its last words: no "
              "such luck");
}

TEST(echo_scenario, SaysThatTheServerNeverListened) {
    echo_options options = options_for(L"never-listens");
    options.patience = 300ms;
    EXPECT_EQ(failure_of(options).rfind("did not say where it listens", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerNamedNoPort) {
    EXPECT_EQ(failure_of(options_for(L"prints-junk")).rfind("listens on no port: 99999", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerDiedUnderLoad) {
    echo_options options = options_for(L"dies-under-load");
    options.connections = 1;
    options.duration = 1h; // it dies before that
    const std::string failure = failure_of(options);
    EXPECT_NE(failure.find("it ended with exit code 9"), std::string::npos) << failure;
    EXPECT_NE(failure.find("out of luck"), std::string::npos) << failure;
}

TEST(echo_scenario, SaysThatAByteIsWrong) {
    echo_options options = options_for(L"wrong-byte");
    options.duration = 1h; // it goes wrong before that
    const std::string failure = failure_of(options);
    EXPECT_NE(failure.find("wrong byte: byte 5 "), std::string::npos) << failure;
}

TEST(echo_scenario, StopsWhenItIsTold) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(
        static_cast<void>(measure_echo(test_server(), options_for(L"echo"), source.get_token())),
        interrupted);
}

} // namespace
