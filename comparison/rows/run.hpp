/// \file
/// One row of the results: a model under one load, measured in rounds.
#pragma once

#include "sample.hpp"
#include "scenario.hpp"
#include "spread.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace comparison {

/// A row, and what its rounds have found so far.
struct run {
    const comparison::scenario* scenario = nullptr; ///< Lifetime: longer than the row.
    std::string model;                              ///< its name
    std::string label;           ///< the model's name; with its threads if it was told how many
    parameter_list parameters{}; ///< what sets this row apart in its scenario, and what it asks for
    unsigned threads_given = 0;  ///< how many threads the program was told to have; 0: not told
    unsigned rounds = 1;         ///< to be measured
    std::vector<sample> samples{}; ///< one for each round that is done
    std::string failure{}; ///< why rounds are missing; empty when all is well, or not yet measured

    /// The value of a parameter; 0 if the row has none of that name.
    [[nodiscard]] unsigned parameter(const std::string& name) const {
        const auto found = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const auto& each) { return each.first == name; });
        return found == parameters.end() ? 0 : found->second;
    }

    /// Whether every round has been measured.
    [[nodiscard]] bool is_whole() const { return failure.empty() && samples.size() == rounds; }

    /// Why the program did less than it was asked for, in the first round in which it did.
    [[nodiscard]] std::string limit() const {
        const auto found = std::find_if(samples.begin(), samples.end(),
                                        [](const sample& each) { return !each.limit.empty(); });
        return found == samples.end() ? "" : found->limit;
    }

    /// The figure of that name in every round that has it.
    [[nodiscard]] std::vector<double> values_of(const std::string& figure) const {
        std::vector<double> values;
        for (const sample& each : samples)
            if (const auto found = each.figures.find(figure); found != each.figures.end())
                values.push_back(found->second);
        return values;
    }

    /// Nothing when no round has the figure.
    [[nodiscard]] std::optional<spread> spread_of_figure(const std::string& figure) const {
        std::vector<double> values = values_of(figure);
        if (values.empty())
            return std::nullopt;
        return spread_of(std::move(values));
    }
};

} // namespace comparison
