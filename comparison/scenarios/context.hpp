/// \file
/// The context in which a scenario measures one round of a row.
#pragma once

#include "processes/stop.hpp"
#include "rows/plan.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// A program and its arguments.
struct command {
    std::filesystem::path program;
    std::vector<std::wstring> arguments{};
};

/// One round of a row. Lifetime: one call of scenario::measure.
struct context {
    const run& row;
    const comparison::model& model; ///< the row's model
    const effort& how;
    const command& start; ///< the row's program, which the scenario starts
    const stop_token& stop;
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< the deadline of each reply
};

} // namespace comparison
