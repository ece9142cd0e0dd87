/// \file
/// A histogram of latencies, whose memory does not grow with the run.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace comparison {

/// Counts values of any size, and returns percentiles to within half a percent.
///
/// Values below 256 have a counter each. Above, every doubling (256 to 511, 512 to 1023, …) is cut
/// into 128 buckets of equal width. So a bucket is never wider than 1/128 of its values, and its
/// middle is off by 1/256 at most. The idea is HdrHistogram's. Threads: like an int.
class histogram {
public:
    /// Counts one value.
    void record(std::uint64_t value) {
        ++counters_[index_of(value)];
        ++count_;
    }

    /// The number of values.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// The percentile of that fraction (0.5: the median) by nearest rank, to within half a percent;
    /// 0 without values.
    [[nodiscard]] std::uint64_t percentile(double fraction) const noexcept {
        const double wanted = std::ceil(fraction * static_cast<double>(count_));
        const std::uint64_t rank = wanted < 1.0 ? 1 : static_cast<std::uint64_t>(wanted);
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counters_.size(); ++i) {
            seen += counters_[i];
            if (seen >= rank)
                return middle_of(i);
        }
        return 0;
    }

private:
    static constexpr unsigned buckets_bits = 7;
    static constexpr std::uint64_t buckets = std::uint64_t{1} << buckets_bits; // in a doubling

    // Returns the number of low bits that a value loses in its bucket.
    static unsigned shift_of(std::uint64_t value) noexcept {
        const auto width = static_cast<unsigned>(std::bit_width(value));
        return width <= buckets_bits + 1 ? 0 : width - (buckets_bits + 1);
    }

    static std::size_t index_of(std::uint64_t value) noexcept {
        const unsigned shift = shift_of(value);
        return static_cast<std::size_t>(shift * buckets + (value >> shift));
    }

    static std::uint64_t middle_of(std::size_t index) noexcept {
        if (index < 2 * buckets)
            return index;
        const std::uint64_t shift = index / buckets - 1;
        const std::uint64_t lowest = (index - shift * buckets) << shift;
        return lowest + (std::uint64_t{1} << shift) / 2;
    }

    std::vector<std::uint64_t> counters_ = std::vector<std::uint64_t>(index_of(UINT64_MAX) + 1);
    std::uint64_t count_ = 0;
};

} // namespace comparison
