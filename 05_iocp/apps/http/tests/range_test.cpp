#include "apps/http/rules/range.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace {

using http::byte_range;
using http::parse_range;

void expect_part(std::string_view value, std::uint64_t size, std::uint64_t first,
                 std::uint64_t count) {
    const byte_range range = parse_range(value, size);
    EXPECT_EQ(range.what, byte_range::kind::part) << value;
    EXPECT_EQ(range.first, first) << value;
    EXPECT_EQ(range.size, count) << value;
}

TEST(http_range, Parts) {
    expect_part("bytes=0-0", 10, 0, 1);
    expect_part("bytes=2-5", 10, 2, 4);
    expect_part("bytes=2-", 10, 2, 8);
    expect_part("bytes=9-", 10, 9, 1);
    expect_part("bytes=-3", 10, 7, 3);
    expect_part("Bytes=0-9", 10, 0, 10);
    expect_part("bytes= 1-2 ", 10, 1, 2);
}

TEST(http_range, PartsThatReachBehindTheEnd) {
    expect_part("bytes=5-99", 10, 5, 5);
    expect_part("bytes=0-99999999999999999999999", 10, 0, 10);
    expect_part("bytes=-99", 10, 0, 10);
    expect_part("bytes=-99999999999999999999999", 10, 0, 10);
}

TEST(http_range, LargeFiles) {
    constexpr std::uint64_t size = 0x7fff'ffff'ffff'ffff;
    expect_part("bytes=4294967296-4294967297", size, 0x1'0000'0000, 2);
    expect_part("bytes=-1", size, size - 1, 1);
}

TEST(http_range, Unsatisfiable) {
    for (const char* const value :
         {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=18446744073709551615-",
          "bytes=99999999999999999999999-"})
        EXPECT_EQ(parse_range(value, 10).what, byte_range::kind::unsatisfiable) << value;
}

TEST(http_range, WhatIsNotUnderstoodMeansTheWhole) {
    for (const char* const value :
         {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=1-b", "bytes=1-2-3",
          "bytes=--1", "bytes=+1-2", "bytes=1 -2", "bytes=0x1-2", "bytes=1-2,5-6", "bytes=0-,-1",
          "lines=1-2", "1-2"})
        EXPECT_EQ(parse_range(value, 10).what, byte_range::kind::whole) << value;
}

TEST(http_range, EmptyFileIsWhole) {
    for (const char* const value : {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-"})
        EXPECT_EQ(parse_range(value, 0).what, byte_range::kind::whole) << value;
}

} // namespace
