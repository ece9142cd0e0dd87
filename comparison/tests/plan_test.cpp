#include "rows/plan.hpp"
#include "scenarios/all_scenarios.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace comparison;

effort small_effort() {
    return {.rounds = 2,
            .long_rounds = 1,
            .seconds = 0.5,
            .connections = {1, 64},
            .silent = {0, 9},
            .copy_mib = 4};
}

std::vector<run> rows_of(const char* scenario, const std::vector<std::string>& models,
                         const effort& how = small_effort(), unsigned processors = 2) {
    return comparison::rows_of(named(all_scenarios(), scenario), models, how, processors);
}

std::vector<std::string> labels_of(const std::vector<run>& rows) {
    std::vector<std::string> labels;
    for (const run& row : rows)
        labels.push_back(row.label);
    return labels;
}

TEST(plan, ModelsStandTogetherUnderEachLoad) {
    const std::vector<run> rows = rows_of("echo", {"05_iocp", "01_blocking", "copyfileex"});
    EXPECT_EQ(labels_of(rows),
              (std::vector<std::string>{"01_blocking", "05_iocp", "01_blocking", "05_iocp"}));
    EXPECT_EQ(rows[0].parameter("connections"), 1u);
    EXPECT_EQ(rows[1].parameter("connections"), 1u);
    EXPECT_EQ(rows[2].parameter("connections"), 64u);
    for (const run& row : rows) {
        EXPECT_EQ(row.scenario->name, "echo");
        EXPECT_EQ(row.rounds, 2u);
        EXPECT_EQ(row.threads_given, 0u);
    }
}

TEST(plan, APeerHasAsManyThreadsAsTheServersItIsHeldAgainst) {
    const std::vector<run> rows = rows_of("stream", {"asio"}, small_effort(), 3);
    EXPECT_EQ(labels_of(rows), (std::vector<std::string>{"asio, 1 thread", "asio, 6 threads"}));
    EXPECT_EQ(rows[0].threads_given, 1u);
    EXPECT_EQ(rows[1].threads_given, 6u);
    EXPECT_EQ(rows[1].model, "asio");
}

TEST(plan, OnlyWhatCopiesIsSetToCopy) {
    const std::vector<run> rows =
        rows_of("copy", {"01_blocking", "02_nonblocking", "asio", "copyfileex"});
    EXPECT_EQ(labels_of(rows), (std::vector<std::string>{"01_blocking", "copyfileex"}));
    EXPECT_EQ(rows[0].parameter("size_mib"), 4u);
}

TEST(plan, EveryScenarioHasRowsAndTheParameterItVariesBy) {
    std::vector<std::string> models;
    for (const model& each : all_models())
        models.push_back(each.name);
    for (const scenario& each : all_scenarios()) {
        const std::vector<run> rows = comparison::rows_of(each, models, quick_effort(), 2);
        ASSERT_FALSE(rows.empty()) << each.name;
        std::set<std::vector<std::pair<std::string, unsigned>>> loads;
        for (const run& row : rows) {
            loads.insert(row.parameters);
            EXPECT_EQ(row.parameters.front().first == each.by, !each.by.empty()) << each.name;
        }
        EXPECT_EQ(loads.size() > 1, !each.by.empty()) << each.name;
    }
}

TEST(plan, WhatTakesLongHasFewerRounds) {
    effort how = small_effort();
    how.silent = {989, 990};
    const std::vector<run> idle = rows_of("idle", {"05_iocp"}, how);
    const std::vector<run> calls = rows_of("calls", {"05_iocp"}, how);
    ASSERT_EQ(idle.size(), 2u);
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(idle[0].rounds, 2u);
    EXPECT_EQ(idle[1].rounds, 1u) << "a thousand clients";
    EXPECT_EQ(calls[0].rounds, 1u) << "calls";
}

TEST(scenarios, NamesAreUniqueAndEveryScenarioRanksSomething) {
    std::set<std::string> names;
    for (const scenario& s : all_scenarios()) {
        EXPECT_TRUE(names.insert(s.name).second) << s.name;
        std::set<std::string> figures;
        bool ranks = false;
        for (const figure& f : s.figures) {
            EXPECT_TRUE(figures.insert(f.name).second) << s.name << f.name;
            ranks = ranks || f.ranked;
        }
        EXPECT_TRUE(ranks) << s.name;
        ASSERT_FALSE(s.columns.empty()) << s.name;
        EXPECT_EQ(s.columns.front().first, s.figures.front().name);
        for (const auto& [name, title] : s.columns) {
            EXPECT_TRUE(figures.contains(name)) << s.name << name;
            EXPECT_FALSE(title.empty()) << s.name << name;
        }
        for (const figure& f : s.figures)
            EXPECT_TRUE(f.from.empty() || figures.contains(f.from)) << s.name << f.name;
        EXPECT_EQ(&named(all_scenarios(), s.name), &s);
    }
    EXPECT_THROW(static_cast<void>(named(all_scenarios(), "none")), std::out_of_range);
    EXPECT_EQ(named(all_models(), "asio").peer, true);
}

TEST(plan, WhereTimeIsShortTheLastLoadsHaveOneRound) {
    std::vector<run> rows = rows_of("echo", {"01_blocking", "05_iocp"});
    const auto one_second = [](const run&) {
        return std::chrono::seconds{1};
    };
    // A further round of the first load is two rows of one second each.
    EXPECT_EQ(leave_out_rounds(rows, std::chrono::seconds{3}, one_second), std::chrono::seconds{2});
    EXPECT_EQ(rows[0].rounds, 2u);
    EXPECT_EQ(rows[1].rounds, 2u);
    EXPECT_EQ(rows[2].rounds, 1u);
    EXPECT_EQ(rows[3].rounds, 1u);
}

TEST(plan, WithTimeEnoughNoRoundIsLeftOut) {
    std::vector<run> rows = rows_of("echo", {"01_blocking", "05_iocp"});
    const auto one_second = [](const run&) {
        return std::chrono::seconds{1};
    };
    EXPECT_EQ(leave_out_rounds(rows, std::chrono::seconds{4}, one_second), std::chrono::seconds{0});
    for (const run& row : rows)
        EXPECT_EQ(row.rounds, 2u);
}

TEST(plan, WithoutTimeEachRowStillHasItsFirstRound) {
    std::vector<run> rows = rows_of("echo", {"01_blocking", "05_iocp"});
    leave_out_rounds(rows, std::chrono::seconds{-1},
                     [](const run&) { return std::chrono::seconds{1}; });
    for (const run& row : rows)
        EXPECT_EQ(row.rounds, 1u);
}

} // namespace
