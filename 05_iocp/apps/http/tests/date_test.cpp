#include "apps/http/rules/date.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace std::chrono;
using http::parse_date;
using http::to_date;

constexpr sys_seconds known = sys_days{1994y / November / 6} + 8h + 49min + 37s;
constexpr sys_seconds now = sys_days{2024y / February / 29} + 12h;

TEST(http_date, WritesTheOneForm) {
    EXPECT_EQ(to_date(known), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(to_date(now), "Thu, 29 Feb 2024 12:00:00 GMT");
    EXPECT_EQ(to_date(sys_days{1601y / January / 1}), "Mon, 01 Jan 1601 00:00:00 GMT");
}

TEST(http_date, ReadsAllThreeForms) {
    EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now), known);
    EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now), known);
    EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", now), known);
    EXPECT_EQ(parse_date("Wed Nov 16 08:49:37 1994", now), known + days{10});
}

TEST(http_date, TwoDigitsMeanAYearNotFarAhead) {
    EXPECT_EQ(parse_date("Friday, 01-Jan-74 00:00:00 GMT", now), sys_days{2074y / January / 1});
    EXPECT_EQ(parse_date("Friday, 01-Jan-75 00:00:00 GMT", now), sys_days{1975y / January / 1});
    EXPECT_EQ(parse_date("Friday, 01-Jan-24 00:00:00 GMT", now), sys_days{2024y / January / 1});
}

TEST(http_date, ReadsWhatItWrites) {
    for (sys_seconds time{}; time < now; time += days{97} + 3601s)
        ASSERT_EQ(parse_date(to_date(time), now), time);
}

TEST(http_date, LeapSecondAndLeapDay) {
    EXPECT_EQ(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", now), sys_days{2017y / January / 1});
    EXPECT_TRUE(parse_date("Thu, 29 Feb 2024 00:00:00 GMT", now));
    EXPECT_FALSE(parse_date("Wed, 29 Feb 2023 00:00:00 GMT", now));
}

TEST(http_date, NoDates) {
    for (const char* const text :
         {"", "0", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
          "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
          "Sun, 06 Nov -994 08:49:37 GMT"})
        EXPECT_FALSE(parse_date(text, now)) << text;
}

} // namespace
