/// \file
/// One row of the results: a model under one load, measured in rounds, and the spread of its
/// figures.
#pragma once

#include "scenario.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace comparison {

/// The median of some values, and their range.
struct spread {
    double median = 0;  ///< the median
    double lowest = 0;  ///< the lowest value
    double highest = 0; ///< the highest value
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

/// A row and its rounds so far.
struct run {
    const comparison::scenario* scenario = nullptr; ///< its scenario, which outlives the row
    std::string model;                              ///< the model's name
    std::string label;             ///< the model's name, with its threads if it was told how many
    parameter_list parameters{};   ///< the load: the scenario's parameters and their values
    unsigned threads_given = 0;    ///< the threads that the program is told to have; 0 if not told
    unsigned rounds = 1;           ///< the number of rounds to measure
    std::vector<sample> samples{}; ///< the figures of each round that is done
    std::string failure{};         ///< the reason why rounds are missing; empty if there is none

    /// The value of a parameter; 0 if the row has no parameter of that name.
    [[nodiscard]] unsigned parameter(const std::string& name) const {
        const auto found = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const auto& each) { return each.first == name; });
        return found == parameters.end() ? 0 : found->second;
    }

    /// True if every round has been measured.
    [[nodiscard]] bool is_whole() const { return failure.empty() && samples.size() == rounds; }

    /// The first round's sample::limit that is not empty.
    [[nodiscard]] std::string limit() const {
        const auto found = std::find_if(samples.begin(), samples.end(),
                                        [](const sample& each) { return !each.limit.empty(); });
        return found == samples.end() ? "" : found->limit;
    }

    /// The values of that figure, one for each round that has it.
    [[nodiscard]] std::vector<double> values_of(const std::string& figure) const {
        std::vector<double> values;
        for (const sample& each : samples)
            if (const auto found = each.figures.find(figure); found != each.figures.end())
                values.push_back(found->second);
        return values;
    }

    /// The spread of that figure over the rounds; nothing if no round has it.
    [[nodiscard]] std::optional<spread> spread_of_figure(const std::string& figure) const {
        std::vector<double> values = values_of(figure);
        if (values.empty())
            return std::nullopt;
        return spread_of(std::move(values));
    }
};

} // namespace comparison
