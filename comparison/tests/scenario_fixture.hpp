/// \file
/// One round of a scenario against a server of the test's choice.
#pragma once

#include "scenarios/all_scenarios.hpp"
#include "scenarios/context.hpp"

#include <chrono>

namespace fixture {

/// Measures a scenario with this load.
inline comparison::sample measured(const char* scenario, const comparison::command& server,
                                   const comparison::parameter_list& parameters,
                                   const comparison::effort& how,
                                   std::chrono::milliseconds patience = std::chrono::seconds{10},
                                   const comparison::stop_token& stop = {}) {
    comparison::run row;
    row.scenario = &comparison::named(comparison::all_scenarios(), scenario);
    row.parameters = parameters;
    const comparison::model model;
    return row.scenario->measure({row, model, how, server, stop, patience});
}

} // namespace fixture
