// The program, driven from outside.
#include "child_process.hpp"
#include "system_figures.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

std::filesystem::path program() {
    return std::filesystem::path{program_folder()} / L"comparison.exe";
}

struct outcome {
    std::optional<DWORD> exit_code;
    std::string output;
};

outcome run(const std::filesystem::path& name, const std::vector<std::wstring>& arguments) {
    child_process process{name, arguments};
    outcome result;
    result.exit_code = process.wait(60s);
    // No line begins so: this returns when the output has ended.
    static_cast<void>(process.wait_for_line("\n", 20s));
    result.output = process.output();
    return result;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(comparison_program, MeasuresEveryModel) {
    const outcome result =
        run(program(), {L"--rounds", L"1", L"--seconds", L"0.05", L"--connections", L"2"});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0}) << result.output;
    for (const char* const model : {"\n01_blocking ", "\n02_nonblocking ", "\n03_overlapped_event ",
                                    "\n04_overlapped_callback ", "\n05_iocp ", "\ncopyfileex "})
        EXPECT_TRUE(contains(result.output, model)) << model << result.output;
    EXPECT_TRUE(contains(result.output, "\n2 connections\r\n") ||
                contains(result.output, "\n2 connections\n"))
        << result.output;
    EXPECT_FALSE(contains(result.output, "no figures")) << result.output;
    EXPECT_EQ(contains(result.output, "Under Wine"), under_wine()) << result.output;
}

TEST(trace_cost_program, MeasuresEveryModelInBothWays) {
    const outcome result = run(std::filesystem::path{program_folder()} / L"trace_cost.exe",
                               {L"--rounds", L"2", L"--seconds", L"0.05", L"--connections", L"2"});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0}) << result.output;
    for (const char* const model : {"01_blocking", "02_nonblocking", "03_overlapped_event",
                                    "04_overlapped_callback", "05_iocp"}) {
        // Two rates of at least one digit that is not 0, and a ratio.
        const std::regex row{std::string{"\n"} + model + " +[1-9]\\d* +[1-9]\\d* +\\d+\\.\\d{3} "};
        EXPECT_TRUE(std::regex_search(result.output, row)) << model << result.output;
    }
}

TEST(comparison_program, HasARowForEveryServerThatIsMissing) {
    const harness::temporary_folder folder;
    const std::filesystem::path alone = folder.path() / L"comparison.exe";
    std::filesystem::copy_file(program(), alone);
    const outcome result = run(alone, {L"--rounds", L"1", L"--connections", L"1", L"--model",
                                       L"01_blocking", L"--model", L"05_iocp"});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{1}) << result.output;
    for (const char* const name :
         {"01_blocking_echo.exe", "05_iocp_echo.exe", "01_blocking_copy.exe", "05_iocp_copy.exe"})
        EXPECT_TRUE(contains(result.output, name)) << name << result.output;
    EXPECT_TRUE(contains(result.output, "rows without figures: 4")) << result.output;
}

TEST(comparison_program, RefusesBadArguments) {
    for (const std::vector<std::wstring>& arguments :
         {std::vector<std::wstring>{L"--model", L"06_none"},
          {L"--rounds", L"0"},
          {L"--connections", L"-1"},
          {L"--no-such-option"},
          {L"surplus"},
          {L"--model", L"copyfileex", L"--scenario", L"echo"},
          {L"--record"},
          {L"--record", L"folder", L"--rounds", L"2"},
          {L"--record", L"folder", L"--model", L"copyfileex"}}) {
        const outcome result = run(program(), arguments);
        EXPECT_EQ(result.exit_code, std::optional<DWORD>{2}) << result.output;
        EXPECT_TRUE(contains(result.output, "Usage")) << result.output;
    }
}

TEST(comparison_program, ExplainsItself) {
    const outcome result = run(program(), {L"--help"});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0});
    for (const char* const option : {"--scenario", "--model", "--connections", "--rounds",
                                     "--seconds", "--copy-mib", "--record"})
        EXPECT_TRUE(contains(result.output, option)) << option << result.output;
}

} // namespace
