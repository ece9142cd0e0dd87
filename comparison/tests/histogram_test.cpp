#include "load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using comparison::histogram;

// One recorded value, as it comes back.
std::uint64_t there_and_back(std::uint64_t value) {
    histogram h;
    h.record(value);
    return h.percentile(0.5);
}

TEST(histogram, KeepsSmallValuesExactly) {
    for (std::uint64_t value = 0; value < 256; ++value)
        EXPECT_EQ(there_and_back(value), value);
}

TEST(histogram, KeepsEveryValueToWithinHalfAPercent) {
    std::vector<std::uint64_t> values{UINT64_MAX, UINT64_MAX - 1};
    for (unsigned bit = 8; bit < 64; ++bit) {
        const std::uint64_t power = std::uint64_t{1} << bit;
        for (const std::uint64_t value :
             {power - 1, power, power + 1, power + power / 3, power + power / 128 - 1})
            values.push_back(value);
    }
    for (const std::uint64_t value : values) {
        const double kept = static_cast<double>(there_and_back(value));
        EXPECT_NEAR(kept / static_cast<double>(value), 1.0, 0.005) << value;
    }
}

TEST(histogram, GivesTheNearestRank) {
    histogram h;
    for (std::uint64_t value = 1; value <= 100; ++value)
        h.record(value);
    EXPECT_EQ(h.count(), 100u);
    EXPECT_EQ(h.percentile(0.0), 1u);
    EXPECT_EQ(h.percentile(0.01), 1u);
    EXPECT_EQ(h.percentile(0.5), 50u);
    EXPECT_EQ(h.percentile(0.99), 99u);
    EXPECT_EQ(h.percentile(0.991), 100u);
    EXPECT_EQ(h.percentile(1.0), 100u);
}

TEST(histogram, AgreesWithASortedListToWithinHalfAPercent) {
    // Latencies of a microsecond to ten seconds, every magnitude alike.
    std::mt19937_64 random{42};
    std::uniform_real_distribution<double> exponent{3.0, 10.0};
    histogram h;
    std::vector<std::uint64_t> list;
    for (int i = 0; i < 100'000; ++i) {
        list.push_back(static_cast<std::uint64_t>(std::pow(10.0, exponent(random))));
        h.record(list.back());
    }
    std::sort(list.begin(), list.end());
    for (const double fraction : {0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank =
            static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(list.size())));
        const double exact = static_cast<double>(list[rank - 1]);
        EXPECT_NEAR(static_cast<double>(h.percentile(fraction)) / exact, 1.0, 0.005) << fraction;
    }
}

TEST(histogram, IsZeroWhenEmpty) {
    const histogram h{};
    EXPECT_EQ(h.count(), 0u);
    EXPECT_EQ(h.percentile(0.5), 0u);
}

} // namespace
