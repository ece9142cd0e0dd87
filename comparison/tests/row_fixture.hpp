/// \file
/// Rows with figures that nobody measured.
#pragma once

#include "rows/run.hpp"
#include "scenarios/all_scenarios.hpp"

#include <string>
#include <vector>

namespace fixture {

/// A whole row of the echo scenario at 64 connections: one round for each value.
inline comparison::run echo_row(const std::string& label, const std::string& figure,
                                const std::vector<double>& values) {
    comparison::run row;
    row.scenario = &comparison::named(comparison::all_scenarios(), "echo");
    row.model = label;
    row.label = label;
    row.parameters = {{"connections", 64}};
    row.rounds = static_cast<unsigned>(values.size());
    for (const double value : values)
        row.samples.push_back({{{figure, value}}, ""});
    return row;
}

} // namespace fixture
