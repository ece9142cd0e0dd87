#include "rounds.hpp"
#include "table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace comparison;

sample sample_of(double rate, double median, double p99) {
    sample result;
    result.figures = {
        {"requests_per_second", rate}, {"p50_ms", median}, {"p99_ms", p99}, {"threads", 18},
        {"idle_memory_mib", 7.25},     {"memory_mib", 8.5}};
    return result;
}

copy_sample copy_of(double empty_ms, double large_ms) {
    return {empty_ms, large_ms};
}

TEST(rounds, SpreadIsOfTheSortedValues) {
    const spread odd = spread_of({5.0, 1.0, 3.0});
    EXPECT_EQ(odd.median, 3.0);
    EXPECT_EQ(odd.lowest, 1.0);
    EXPECT_EQ(odd.highest, 5.0);
    EXPECT_EQ(spread_of({4.0, 1.0, 3.0, 2.0}).median, 2.5);
    EXPECT_EQ(spread_of({7.0}).median, 7.0);
}

TEST(table, WritesThreeDigitsThatCount) {
    EXPECT_EQ(to_text(0.0), "0.000");
    EXPECT_EQ(to_text(0.3124), "0.312");
    EXPECT_EQ(to_text(0.9996), "1.00");
    EXPECT_EQ(to_text(4.504), "4.50");
    EXPECT_EQ(to_text(9.996), "10.0");
    EXPECT_EQ(to_text(19.24), "19.2");
    EXPECT_EQ(to_text(99.96), "100");
    EXPECT_EQ(to_text(999.4), "999");
    EXPECT_EQ(to_text(999.6), "1,000");
    EXPECT_EQ(to_text(1234567.0), "1,234,567");
}

TEST(table, ShowsTheMedianOfTheRoundsAndTheirSpread) {
    echo_row row{"05_iocp", 16};
    row.samples = {sample_of(9000, 0.5, 3.0), sample_of(11000, 0.25, 1.5),
                   sample_of(10000, 0.375, 20.0)};
    EXPECT_EQ(
        echo_table({row}, 3),
        "echo     requests/s       min-max  median ms      min-max  p99 ms    min-max  threads "
        " idle MiB  MiB\n"
        "\n"
        "16 connections\n"
        "05_iocp      10,000  9,000-11,000      0.375  0.250-0.500    3.00  1.50-20.0       18 "
        "      7.2  8.5\n");
}

TEST(table, HasALineForEveryRow) {
    echo_row whole{"01_blocking", 1};
    whole.samples = {sample_of(9000, 0.5, 3.0)};
    echo_row failed{"02_nonblocking", 1};
    failed.samples = {sample_of(9000, 0.5, 3.0)};
    failed.failure = "round 2: connection 1: wrong byte";
    const echo_row never{"05_iocp", 64};
    const std::string text = echo_table({whole, failed, never}, 2);
    EXPECT_NE(text.find("\n1 connection\n01_blocking "), std::string::npos) << text;
    EXPECT_NE(text.find("  1 of 2 rounds\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n02_nonblocking  no figures: round 2: connection 1: wrong byte\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\n\n64 connections\n05_iocp         not measured\n"), std::string::npos)
        << text;
}

TEST(table, SaysWhatElseWasSeen) {
    echo_row row{"05_iocp", 16};
    row.samples = {sample_of(9000, 0.5, 3.0), sample_of(9000, 0.5, 3.0)};
    row.samples[1].limit = "it stopped half-way";
    EXPECT_NE(echo_table({row}, 2).find("  it stopped half-way\n"), std::string::npos);
}

TEST(table, IsWholeWithFiguresOfEveryRound) {
    echo_row row{"05_iocp", 16};
    EXPECT_FALSE(is_whole(row, 1));
    row.samples = {sample_of(9000, 0.5, 3.0)};
    EXPECT_TRUE(is_whole(row, 1));
    EXPECT_FALSE(is_whole(row, 2));
    row.failure = "it died";
    EXPECT_FALSE(is_whole(row, 1));
}

TEST(table, ShowsCopies) {
    copy_row good{"copyfileex"};
    good.samples = {copy_of(60, 200), copy_of(50, 100), copy_of(40, 80)};
    copy_row bad{"05_iocp"};
    bad.failure = "exit code 1";
    const copy_row never{"01_blocking"};
    EXPECT_EQ(copy_table({good, bad, never}, 3, 50'000'000),
              "copy         MB/s  min-max  copy ms  empty copy ms  MB/s less empty copy\n"
              "copyfileex    500  250-625      100           50.0                 1,000\n"
              "05_iocp      no figures: exit code 1\n"
              "01_blocking  not measured\n");
}

TEST(table, LeavesOutADifferenceThatIsNone) {
    copy_row row{"05_iocp"};
    row.samples = {copy_of(100, 90)};
    EXPECT_TRUE(is_whole(row, 1));
    EXPECT_FALSE(is_whole(row, 2));
    const std::string text = copy_table({row}, 2, 50'000'000);
    EXPECT_NE(text.find("     -  1 of 2 rounds\n"), std::string::npos) << text;
}

} // namespace
