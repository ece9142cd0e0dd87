/// \file
/// The median of several rounds, and their range.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace comparison {

/// The median of some values, and their range.
struct spread {
    double median = 0;
    double lowest = 0;
    double highest = 0;
};

/// The spread of `values`, of which there is at least one. The median of an even number of values
/// is the mean of the two in the middle.
[[nodiscard]] inline spread spread_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

} // namespace comparison
