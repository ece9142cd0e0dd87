#include "files/file_content.hpp"
#include "outcome/results.hpp"
#include "scenarios/all_scenarios.hpp"
#include "win32/under_wine.hpp"

#include "row_fixture.hpp"
#include "testing/loopback.hpp"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>

namespace {

using namespace comparison;
using fixture::echo_row;
using nlohmann::json;

results some_results() {
    results all;
    all.where.date = "2026-01-31T23:59:59Z";
    all.where.system = "Wine 8.0";
    all.where.wine = "8.0";
    all.where.processors = 2;
    all.where.commit = "0123456789ab";
    all.mode = "quick";
    all.command = "comparison --quick";
    all.complete = true;
    all.scenarios = all_scenarios();
    all.rows = {echo_row("01_blocking", "p99_ms", {3, 1, 2}),
                echo_row("05_iocp", "p99_ms", {9, 8, 7})};
    return all;
}

TEST(results, SayWhereTheyComeFrom) {
    const json document = json::parse(to_json(some_results()));
    EXPECT_EQ(document["format"], 1);
    EXPECT_EQ(document["environment"]["wine"], "8.0");
    EXPECT_TRUE(document["environment"]["host"].is_null());
    EXPECT_EQ(document["environment"]["mode"], "quick");
    EXPECT_EQ(document["environment"]["commit"], "0123456789ab");
    EXPECT_EQ(document["environment"]["complete"], true);
    EXPECT_EQ(document["models"].size(), all_models().size());
    EXPECT_EQ(document["scenarios"].size(), all_scenarios().size());
}

TEST(results, HaveEveryRoundOfEveryFigure) {
    const json run = json::parse(to_json(some_results()))["runs"][0];
    EXPECT_EQ(run["scenario"], "echo");
    EXPECT_EQ(run["model"], "01_blocking");
    EXPECT_EQ(run["connections"], 64);
    EXPECT_EQ(run["rounds"], 3);
    EXPECT_EQ(run["rounds_done"], 3);
    EXPECT_EQ(run["figures"]["p99_ms"],
              (json{{"median", 2.0}, {"lowest", 1.0}, {"highest", 3.0}, {"rounds", {3, 1, 2}}}));
    EXPECT_FALSE(run.contains("threads_given"));
}

TEST(results, SayOfWhatKindEachCountedCallIs) {
    results all = some_results();
    EXPECT_EQ(json::parse(to_json(all))["calls"], json::object());
    all.rows[0].samples[0].figures["call/WSARecv"] = 1;
    all.rows[0].samples[2].figures["call/GetOverlappedResult"] = 1;
    all.rows[1].samples[0].figures["call/WSAPoll"] = 1;
    all.rows[1].samples[1].figures["call/closesocket"] = 1;
    EXPECT_EQ(json::parse(to_json(all))["calls"], (json{{"GetOverlappedResult", "collect"},
                                                        {"WSAPoll", "wait"},
                                                        {"WSARecv", "receive"},
                                                        {"closesocket", "other"}}));
}

TEST(results, SayHowEachFigureIsShown) {
    const json document = json::parse(to_json(some_results()));
    const json& echo = document["scenarios"][0]["figures"];
    const auto figure = [](const json& figures, const char* name) {
        return *std::ranges::find_if(figures,
                                     [&](const json& each) { return each["name"] == name; });
    };
    EXPECT_EQ(figure(echo, "p99_ms"), (json{{"name", "p99_ms"},
                                            {"title", "p99"},
                                            {"unit", "ms"},
                                            {"better", "lower"},
                                            {"carries_over", false},
                                            {"log", true},
                                            {"reason", true},
                                            {"chart", "wide"}}));
    EXPECT_EQ(figure(echo, "fairness")["chart"], "small");
    EXPECT_EQ(figure(echo, "threads")["chart"], "large");
    EXPECT_EQ(figure(echo, "replies")["chart"], "none");
    EXPECT_EQ(figure(echo, "replies")["log"], false);
    EXPECT_EQ(figure(echo, "replies")["reason"], false);
    EXPECT_EQ(figure(document["scenarios"][2]["figures"], "p99_ms")["from"], "p99_alone_ms");
}

TEST(results, HaveTheRankings) {
    const json rankings = json::parse(to_json(some_results()))["rankings"];
    ASSERT_EQ(rankings.size(), 1u);
    EXPECT_EQ(rankings[0]["connections"], 64);
    EXPECT_EQ(rankings[0]["figure"], "p99_ms");
    EXPECT_EQ(rankings[0]["order"], (json{{"01_blocking"}, {"05_iocp"}}));
}

TEST(results, ARowThatFailedIsThere) {
    results all = some_results();
    all.rows[0].samples.clear();
    all.rows[0].failure = "did not say where it listens";
    const json run = json::parse(to_json(all))["runs"][0];
    EXPECT_EQ(run["failure"], "did not say where it listens");
    EXPECT_EQ(run["figures"], json::object());
    EXPECT_EQ(run["rounds_done"], 0);
}

TEST(results, NoTextOfAProgramCanEndThePage) {
    results all = some_results();
    all.rows[0].failure = "</script><script>alert('\xff')</script>";
    const std::string text = to_json(all);
    EXPECT_EQ(text.find('<'), std::string::npos);
    EXPECT_EQ(json::parse(text)["runs"][0]["failure"],
              "</script><script>alert('\xef\xbf\xbd')</script>");
}

TEST(results, GoIntoThePlaceThatIsKeptForThem) {
    EXPECT_EQ(report_page("<script id=\"results\">{}</script><p>{}", "{\"format\": 1}"),
              "<script id=\"results\">{\"format\": 1}</script><p>{}");
    EXPECT_THROW(static_cast<void>(report_page("<p>{}", "{}")), std::runtime_error);
}

TEST(results, ReplaceOldOnes) {
    const harness::temporary_folder folder;
    const std::filesystem::path page = folder.path() / L"template.html";
    std::ofstream{page} << "<script id=\"results\">{}</script>";
    const std::filesystem::path out = folder.path() / L"\xd55c\xae00" / L"out";
    for (const char* const mode : {"quick", "full"}) {
        results all = some_results();
        all.mode = mode;
        result_place{page, out}.write(all);
        EXPECT_EQ(json::parse(files::content_of(out / L"results.json"))["environment"]["mode"],
                  mode);
        EXPECT_NE(files::content_of(out / L"report.html").find(mode), std::string::npos);
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{out}, {}), 2);
}

std::string complaint_about(const std::filesystem::path& page, const std::filesystem::path& out) {
    try {
        const result_place place{page, out};
        return "none";
    } catch (const std::exception& error) {
        return error.what();
    }
}

// Before anything is measured.
TEST(results, SayAtOnceWhatIsWrongWithTheirPlace) {
    const harness::temporary_folder folder;
    const std::filesystem::path page = folder.path() / L"template.html";
    EXPECT_NE(complaint_about(page, folder.path()).find("template.html"), std::string::npos);
    std::ofstream{page} << "<p>";
    EXPECT_NE(complaint_about(page, folder.path()).find("no place"), std::string::npos);
    std::ofstream{page} << "<script id=\"results\">{}</script>";
    EXPECT_NE(complaint_about(page, page / L"out"), "none") << "a file is no folder";
    EXPECT_EQ(complaint_about(page, folder.path()), "none");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1)
        << "the trial leaves nothing behind";
}

TEST(environment, NamesTheSystem) {
    const std::string name = system_name();
    EXPECT_EQ(name.rfind(win32::under_wine() ? "Wine " : "Windows ", 0), 0u) << name;
    EXPECT_EQ(win32::under_wine(), this_environment().wine.has_value());
}

TEST(environment, IsKnown) {
    const environment here = this_environment();
    EXPECT_TRUE(std::regex_match(here.date, std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"}));
    EXPECT_GT(here.processors, 0u);
    EXPECT_GT(here.memory_mib, 0u);
    EXPECT_FALSE(here.processor.empty());
    EXPECT_TRUE(std::regex_match(here.commit, std::regex{"[0-9a-f]{12,}(-dirty)?|unknown"}))
        << here.commit;
    EXPECT_EQ(here.wine.has_value(), here.system.rfind("Wine ", 0) == 0);
}

} // namespace
