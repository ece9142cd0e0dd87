// The program, driven from outside.
#include "files/file_content.hpp"
#include "processes/child_process.hpp"

#include "testing/loopback.hpp"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;
using nlohmann::json;

std::filesystem::path program() {
    return program_folder() / L"comparison.exe";
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

json results_in(const std::filesystem::path& folder) {
    return json::parse(files::content_of(folder / L"results.json"));
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(comparison_program, MeasuresEveryModel) {
    const harness::temporary_folder folder;
    const outcome result =
        run(program(), {L"--scenario", L"echo", L"--rounds", L"1", L"--seconds", L"0.05",
                        L"--connections", L"2", L"--out", folder.path().native()});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0}) << result.output;
    for (const char* const label :
         {"\n01_blocking ", "\n02_nonblocking ", "\n03_overlapped_event ",
          "\n04_overlapped_callback ", "\n05_iocp ", "\n05_iocp_threadpool ",
          "\n05_iocp_coroutine ", "\n05_iocp_server ", "\nasio, 1 thread ", "\nasio, "})
        EXPECT_TRUE(contains(result.output, label)) << label << result.output;
    EXPECT_TRUE(std::regex_search(result.output, std::regex{"\n2 connections\r?\n"}))
        << result.output;
    EXPECT_FALSE(contains(result.output, "no figures")) << result.output;

    const json results = results_in(folder.path());
    EXPECT_EQ(results["environment"]["complete"], true);
    EXPECT_EQ(results["environment"]["mode"], "custom");
    EXPECT_EQ(contains(result.output, "Under Wine"), !results["environment"]["wine"].is_null());
    for (const json& row : results["runs"]) {
        EXPECT_GT(row["figures"]["requests_per_second"]["median"], 0.0) << row;
        EXPECT_EQ(row["rounds_done"], 1) << row;
    }
}

// Every figure that a scenario says it has is there, and each that is there is a scenario's. On a
// busy machine so short a run may have too few replies for some of them, and so small a copy take
// no longer than the program's start.
TEST(comparison_program, MeasuresEveryFigureOfEveryScenario) {
    const harness::temporary_folder folder;
    const outcome result =
        run(program(), {L"--model", L"05_iocp", L"--rounds", L"1", L"--seconds", L"0.3",
                        L"--connections", L"2", L"--silent", L"20", L"--copy-mib", L"8",
                        L"--echoes", L"200", L"--out", folder.path().native()});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0}) << result.output;
    const json results = results_in(folder.path());
    for (const json& scenario : results["scenarios"]) {
        std::set<std::string> expected;
        for (const json& figure : scenario["figures"])
            expected.insert(figure["name"]);
        std::set<std::string> found;
        for (const json& row : results["runs"])
            if (row["scenario"] == scenario["name"])
                for (const auto& [name, values] : row["figures"].items())
                    if (name.rfind("call/", 0) != 0)
                        found.insert(name);
        for (const char* const name :
             {"p99_ms", "p99_alone_ms", "fairness", "net_megabytes_per_second"})
            if (expected.count(name) != 0)
                found.insert(name);
        EXPECT_EQ(found, expected) << scenario["name"];
    }
    EXPECT_TRUE(contains(files::content_of(folder.path() / L"report.html"), "\"format\": 1"));
}

TEST(comparison_program, KeepsWhatIsFinishedWhenItIsInterrupted) {
    const harness::temporary_folder folder;
    child_process process{program(),
                          {L"--scenario", L"echo", L"--scenario", L"calls", L"--model", L"05_iocp",
                           L"--rounds", L"1", L"--connections", L"2", L"--seconds", L"0.05",
                           L"--echoes", L"1000000", L"--out", folder.path().native()},
                          console::own};
    ASSERT_TRUE(process.wait_for_line("05_iocp ", 60s)) << process.output();
    ASSERT_EQ(process.stop(60s), ending::on_request) << process.output();
    EXPECT_EQ(process.wait(0s), std::optional<DWORD>{1}) << process.output();
    const json results = results_in(folder.path());
    EXPECT_EQ(results["environment"]["complete"], false);
    ASSERT_EQ(results["runs"].size(), 3u);
    EXPECT_EQ(results["runs"][0]["rounds_done"], 1);
    EXPECT_EQ(results["runs"][1]["rounds_done"], 0) << "a million echoes take a minute";
}

TEST(trace_cost_program, MeasuresEveryModelInBothWays) {
    const outcome result = run(program_folder() / L"trace_cost.exe",
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
    for (const wchar_t* const name : {L"comparison.exe", L"comparison_report.html"})
        std::filesystem::copy_file(program().replace_filename(name), folder.path() / name);
    const outcome result =
        run(alone, {L"--scenario", L"echo", L"--scenario", L"copy", L"--rounds", L"1",
                    L"--connections", L"1", L"--copy-mib", L"1", L"--model", L"01_blocking",
                    L"--model", L"05_iocp_server", L"--out", folder.path().native()});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{1}) << result.output;
    for (const char* const name :
         {"01_blocking_echo.exe", "05_iocp_server.exe", "01_blocking_copy.exe"})
        EXPECT_TRUE(contains(result.output, name)) << name << result.output;
    EXPECT_TRUE(contains(result.output, "rows without all their figures: 3")) << result.output;
    const json results = results_in(folder.path());
    ASSERT_EQ(results["runs"].size(), 3u);
    for (const json& row : results["runs"])
        EXPECT_TRUE(contains(row["failure"], row["model"])) << row;
}

TEST(comparison_program, RefusesBadArguments) {
    for (const std::vector<std::wstring>& arguments :
         {std::vector<std::wstring>{L"--model", L"06_none"},
          {L"--rounds", L"0"},
          {L"--connections", L"-1"},
          {L"--no-such-option"},
          {L"surplus"},
          {L"--model", L"copyfileex", L"--scenario", L"echo"},
          {L"--scenario", L"none"},
          {L"--quick", L"--full"},
          {L"--seconds", L"0"},
          {L"--out"},
          {L"--scenario", L"idle", L"--connections", L"4"},
          {L"--scenario", L"echo", L"--silent", L"4"},
          {L"--scenario", L"echo", L"--copy-mib", L"4"},
          {L"--scenario", L"echo", L"--echoes", L"400"},
          {L"--record"},
          {L"--record", L"folder", L"--rounds", L"2"},
          {L"--record", L"folder", L"--full"},
          {L"--record", L"folder", L"--model", L"copyfileex"}}) {
        const outcome result = run(program(), arguments);
        EXPECT_EQ(result.exit_code, std::optional<DWORD>{2}) << result.output;
        EXPECT_TRUE(contains(result.output, "[OPTIONS]")) << result.output;
    }
}

TEST(comparison_program, ExplainsItself) {
    const outcome result = run(program(), {L"--help"});
    EXPECT_EQ(result.exit_code, std::optional<DWORD>{0});
    for (const char* const option :
         {"--scenario", "--model", "--quick", "--full", "--out", "--connections", "--silent",
          "--rounds", "--seconds", "--copy-mib", "--echoes", "--record"})
        EXPECT_TRUE(contains(result.output, option)) << option << result.output;
}

} // namespace
