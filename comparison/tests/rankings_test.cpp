#include "outcome/rankings.hpp"

#include "row_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace comparison;
using fixture::echo_row;
using groups = std::vector<std::vector<std::string>>;

// The only ranking of these rows.
groups order_by(const std::string& figure, const std::vector<run>& rows) {
    const std::vector<ranking> all = rankings_of(rows);
    EXPECT_EQ(all.size(), 1u);
    if (all.size() != 1)
        return {};
    EXPECT_EQ(all[0].figure, figure);
    EXPECT_EQ(all[0].scenario, "echo");
    EXPECT_EQ(all[0].parameters, rows.front().parameters);
    return all[0].order;
}

TEST(rankings, HigherIsBetterWhereItIs) {
    EXPECT_EQ(
        order_by("requests_per_second", {echo_row("slow", "requests_per_second", {50, 55, 52}),
                                         echo_row("fast", "requests_per_second", {100, 110, 105})}),
        (groups{{"fast"}, {"slow"}}));
}

TEST(rankings, LowerIsBetterWhereItIs) {
    EXPECT_EQ(order_by("p99_ms", {echo_row("slow", "p99_ms", {8, 9, 8}),
                                  echo_row("fast", "p99_ms", {1, 2, 1})}),
              (groups{{"fast"}, {"slow"}}));
}

TEST(rankings, RoundsThatOverlapAreNotToldApart) {
    EXPECT_EQ(
        order_by("p99_ms", {echo_row("b", "p99_ms", {3, 5, 4}), echo_row("a", "p99_ms", {2, 4, 3}),
                            echo_row("c", "p99_ms", {9, 8, 7})}),
        (groups{{"a", "b"}, {"c"}}));
}

TEST(rankings, ADifferenceWithinTheMarginIsNone) {
    EXPECT_EQ(order_by("p99_ms", {echo_row("a", "p99_ms", {1.00, 1.00, 1.00}),
                                  echo_row("b", "p99_ms", {1.09, 1.09, 1.09})}),
              (groups{{"a", "b"}}));
    EXPECT_EQ(order_by("p99_ms", {echo_row("a", "p99_ms", {1.00, 1.00, 1.00}),
                                  echo_row("b", "p99_ms", {1.11, 1.11, 1.11})}),
              (groups{{"a"}, {"b"}}));
}

// One round of "wide" is as good as the best: then nobody is said to be ahead of it, and nobody
// between the two either.
TEST(rankings, AWideSpreadHoldsAGroupTogether) {
    EXPECT_EQ(
        order_by("p99_ms", {echo_row("a", "p99_ms", {1, 1, 1}), echo_row("b", "p99_ms", {2, 2, 2}),
                            echo_row("wide", "p99_ms", {1, 9, 9})}),
        (groups{{"a", "b", "wide"}}));
}

TEST(rankings, TooFewRoundsAreNotRankedButCountsAre) {
    EXPECT_TRUE(
        rankings_of({echo_row("a", "p99_ms", {1, 1}), echo_row("b", "p99_ms", {9, 9})}).empty());
    EXPECT_EQ(order_by("threads", {echo_row("a", "threads", {65}), echo_row("b", "threads", {4})}),
              (groups{{"b"}, {"a"}}));
}

TEST(rankings, NoRowIsRankedThatFailedOrStoppedEarly) {
    std::vector<run> rows{echo_row("a", "p99_ms", {1, 1, 1}),
                          echo_row("b", "p99_ms", {2, 2, 2}),
                          echo_row("failed", "p99_ms", {3, 3, 3}),
                          echo_row("stopped", "p99_ms", {4, 4, 4}),
                          echo_row("unfinished", "p99_ms", {5, 5, 5}),
                          echo_row("another figure", "p50_ms", {6, 6, 6})};
    rows[2].failure = "it ended with exit code 3";
    rows[3].samples[1].limit = "stopped at 990 of 5000";
    rows[4].rounds = 4;
    EXPECT_EQ(order_by("p99_ms", rows), (groups{{"a"}, {"b"}}));
}

TEST(rankings, NothingIsDividedByZero) {
    EXPECT_EQ(order_by("requests_per_second", {echo_row("none", "requests_per_second", {0, 0, 0}),
                                               echo_row("some", "requests_per_second", {7, 7, 7})}),
              (groups{{"some"}, {"none"}}));
    EXPECT_EQ(order_by("threads", {echo_row("a", "threads", {0}), echo_row("b", "threads", {0}),
                                   echo_row("c", "threads", {1})}),
              (groups{{"a", "b"}, {"c"}}));
}

TEST(rankings, OtherLoadsAreOtherRankings) {
    std::vector<run> rows{echo_row("a", "p99_ms", {1, 1, 1}), echo_row("b", "p99_ms", {2, 2, 2}),
                          echo_row("a", "p99_ms", {2, 2, 2}), echo_row("b", "p99_ms", {1, 1, 1})};
    rows[2].parameters = rows[3].parameters = {{"connections", 256}};
    const std::vector<ranking> all = rankings_of(rows);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].order, (groups{{"a"}, {"b"}}));
    EXPECT_EQ(all[1].order, (groups{{"b"}, {"a"}}));
    EXPECT_EQ(all[1].parameters, rows[2].parameters);
}

} // namespace
