#include "outcome/table.hpp"
#include "outcome/text_table.hpp"
#include "rows/run.hpp"

#include "row_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace comparison;
using fixture::echo_row;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(rounds, SpreadIsOfTheSortedValues) {
    const spread odd = spread_of({5.0, 1.0, 3.0});
    EXPECT_EQ(odd.median, 3.0);
    EXPECT_EQ(odd.lowest, 1.0);
    EXPECT_EQ(odd.highest, 5.0);
    EXPECT_EQ(spread_of({4.0, 1.0, 3.0, 2.0}).median, 2.5);
    EXPECT_EQ(spread_of({7.0}).median, 7.0);
}

TEST(table, NumbersHaveThreeDigitsThatCount) {
    EXPECT_EQ(to_text(0.3123), "0.312");
    EXPECT_EQ(to_text(4.5), "4.50");
    EXPECT_EQ(to_text(9.996), "10.0");
    EXPECT_EQ(to_text(19.25), "19.2");
    EXPECT_EQ(to_text(99.96), "100");
    EXPECT_EQ(to_text(10249.7), "10,250");
    EXPECT_EQ(to_text(1234567), "1,234,567");
}

TEST(table, ParametersReadAsWords) {
    EXPECT_EQ(text_of({{"connections", 1}}), "1 connection");
    EXPECT_EQ(text_of({{"silent", 1000}, {"connections", 10}}), "1000 silent, 10 connections");
    EXPECT_EQ(text_of({{"size_mib", 256}}), "256 MiB");
}

TEST(table, ALineHasTheMediansAndTheSpreadOfTheFirstFigure) {
    const std::string table =
        table_of({echo_row("05_iocp", "requests_per_second", {9000, 11000, 10000})});
    EXPECT_TRUE(contains(table, "\n64 connections\n05_iocp")) << table;
    EXPECT_TRUE(contains(table, "  10,000  9,000-11,000  ")) << table;
    EXPECT_TRUE(contains(table, "  -")) << "what was not measured: " << table;
}

TEST(table, OneRoundHasNoSpread) {
    EXPECT_TRUE(contains(table_of({echo_row("05_iocp", "requests_per_second", {9000})}),
                         "  9,000  1 round  "));
}

TEST(table, ThreadsAreAWholeNumber) {
    EXPECT_TRUE(contains(table_of({echo_row("05_iocp", "threads", {5})}), " 5 "));
}

TEST(table, SaysWhyThereAreNoFigures) {
    run failed = echo_row("05_iocp", "p99_ms", {});
    failed.rounds = 3;
    EXPECT_TRUE(contains(table_of({failed}), "not measured"));
    failed.failure = "did not say where it listens";
    EXPECT_TRUE(contains(table_of({failed}), "no figures: did not say where it listens"));
}

TEST(table, SaysWhichRoundsAreMissingAndWhatStoppedIt) {
    run row = echo_row("05_iocp", "p99_ms", {1, 2});
    row.rounds = 3;
    row.failure = "round 3: it ended with exit code 9";
    row.samples[0].limit = "stopped at 990 of 5000";
    const std::string table = table_of({row});
    EXPECT_TRUE(contains(table, "2 of 3 rounds; round 3: it ended with exit code 9; stopped at 990 "
                                "of 5000\n"))
        << table;
}

TEST(table, NamesTheCallsOfAnEcho) {
    run row = echo_row("05_iocp", "io_calls_per_echo", {2});
    row.scenario = &named(all_scenarios(), "calls");
    row.samples[0].figures["call/WSASend"] = 1.002;
    row.samples[0].figures["call/WSARecv"] = 1.5;
    row.samples[0].figures["call/AcceptEx"] = 0.001;
    const std::string table = table_of({row});
    EXPECT_TRUE(contains(table, "  WSARecv 1.50, WSASend 1.00\n")) << table;
}

TEST(table, TellsTheOrderOnlyWhereThereIsOne) {
    const ranking apart{
        "echo", {{"connections", 64}}, "requests_per_second", "higher", {{"a", "b"}, {"c"}, {"d"}}};
    ranking together = apart;
    together.order = {{"a", "b", "c", "d"}};
    ranking other = apart;
    other.figure = "p99_ms";
    const scenario& echo = named(all_scenarios(), "echo");
    EXPECT_EQ(order_of(echo, {apart, together, other}),
              "By requests/s, 64 connections: a = b  >  c  >  d\n");
    EXPECT_EQ(order_of(echo, {}), "");
}

TEST(text_table, ColumnsLineUp) {
    text_table table{{"name", "a", "long title"}};
    table.add({"x", "1", "2", "a remark"});
    table.add("a long name", "across");
    table.add_heading("heading");
    EXPECT_EQ(table.text(), "name         a  long title\n"
                            "x            1           2  a remark\n"
                            "a long name  across\n"
                            "\n"
                            "heading\n");
}

} // namespace
