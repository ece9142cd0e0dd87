#include "processes/child_process.hpp"
#include "processes/stop.hpp"
#include "scenarios/copy_scenario.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

constexpr std::uint64_t size = 3'000'000;

std::filesystem::path program(const wchar_t* name) {
    return program_folder() / name;
}

std::string failure_of(const std::filesystem::path& what,
                       std::chrono::milliseconds patience = 30s) {
    const copy_files files{size};
    try {
        static_cast<void>(measure_copy(what, files, 1, {}, patience));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(copy_scenario, GivesEveryFigureOfEveryProgram) {
    const copy_files files{size};
    EXPECT_EQ(std::filesystem::file_size(files.large()), size);
    EXPECT_EQ(std::filesystem::file_size(files.empty()), 0u);
    for (const wchar_t* const name :
         {L"01_blocking_copy.exe", L"03_overlapped_event_copy.exe",
          L"04_overlapped_callback_copy.exe", L"05_iocp_copy.exe", L"peer_copyfileex_copy.exe"}) {
        const sample found = measure_copy(program(name), files, 3);
        EXPECT_GT(found.figures.at("start_ms"), 0.0) << name;
        EXPECT_GT(found.figures.at("megabytes_per_second"), 0.0) << name;
        // Whether enough of the time is left for so small a file, nobody knows.
        if (const auto net = found.figures.find("net_megabytes_per_second");
            net != found.figures.end()) {
            EXPECT_GT(net->second, found.figures.at("megabytes_per_second")) << name;
        }
        // The system makes the calls of the last one.
        const bool has_calls = name != std::wstring{L"peer_copyfileex_copy.exe"};
        EXPECT_EQ(found.figures.contains("free_share"), has_calls) << name;
        if (has_calls) {
            EXPECT_GT(found.figures.at("free_share"), 0.0) << name;
            EXPECT_LT(found.figures.at("free_share"), 1.0) << name;
        }
        EXPECT_EQ(found.limit, "");
        EXPECT_FALSE(std::filesystem::exists(files.destination()));
    }
}

TEST(copy_scenario, SaysThatACopyDiffers) {
    const harness::temporary_folder folder;
    for (const wchar_t* const how : {L"wrong.exe", L"short.exe"}) {
        std::filesystem::copy_file(program(L"comparison_test_copy.exe"), folder.path() / how);
        EXPECT_EQ(failure_of(folder.path() / how), "the copy differs from its source");
    }
}

TEST(copy_scenario, SaysWhyAProgramFailed) {
    // A program that takes no two names.
    const std::string failure = failure_of(program(L"comparison.exe"));
    EXPECT_EQ(failure.rfind("failed; it ended with exit code 2; its last words: ", 0), 0u)
        << failure;
}

TEST(copy_scenario, NamesAProgramThatIsMissing) {
    const std::string failure = failure_of(program(L"no_such_program.exe"));
    EXPECT_NE(failure.find("no_such_program.exe"), std::string::npos) << failure;
}

TEST(copy_scenario, GivesUpOnAProgramThatDoesNotEnd) {
    // The test server serves, whatever its arguments.
    const std::string failure = failure_of(program(L"comparison_test_server.exe"), 200ms);
    EXPECT_EQ(failure.rfind("did not end in time", 0), 0u) << failure;
}

TEST(copy_scenario, StopsWhenItIsTold) {
    const copy_files files{size};
    stop_source source;
    source.request_stop();
    EXPECT_THROW(static_cast<void>(measure_copy(program(L"comparison_test_server.exe"), files, 3,
                                                source.get_token())),
                 interrupted);
}

TEST(copy_scenario, RemovesItsFiles) {
    std::filesystem::path large;
    {
        const copy_files files{1000};
        large = files.large();
        EXPECT_TRUE(std::filesystem::exists(large));
    }
    EXPECT_FALSE(std::filesystem::exists(large.parent_path()));
}

trace_file trace_of(std::initializer_list<traced_call> calls) {
    trace_file trace;
    trace.calls = calls;
    return trace;
}

TEST(free_share, IsWhatTheCallsThatMoveBytesLeave) {
    EXPECT_DOUBLE_EQ(*free_share(trace_of({{"CreateIoCompletionPort", 0ns, 90ns},
                                           {"ReadFile", 100ns, 120ns},
                                           {"GetQueuedCompletionStatus", 125ns, 170ns},
                                           {"WriteFile", 170ns, 200ns},
                                           {"CancelIoEx", 210ns, 300ns}})),
                     0.5);
    EXPECT_DOUBLE_EQ(*free_share(trace_of({{"ReadFile", 0ns, 10ns}, {"WriteFile", 10ns, 40ns}})),
                     0.0);
    // A routine that runs in a wait makes its calls in there.
    EXPECT_DOUBLE_EQ(*free_share(trace_of({{"ReadFileEx", 0ns, 10ns},
                                           {"SleepEx", 10ns, 90ns},
                                           {"WriteFileEx", 80ns, 90ns},
                                           {"ReadFileEx", 90ns, 100ns}})),
                     0.7);
}

TEST(free_share, IsNoneWithoutACallThatMovesBytes) {
    EXPECT_EQ(free_share(trace_of({})), std::nullopt);
    EXPECT_EQ(free_share(trace_of({{"SleepEx", 0ns, 10ns}})), std::nullopt);
}

} // namespace
