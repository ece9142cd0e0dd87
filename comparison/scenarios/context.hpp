/// \file
/// What a scenario gets to measure one round of a row.
#pragma once

#include "processes/stop.hpp"
#include "rows/plan.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// A program, as it is started.
struct command {
    std::filesystem::path program;
    std::vector<std::wstring> arguments{};
};

/// One round of a row. Lifetime: of one call of scenario::measure.
struct context {
    const run& row;
    const comparison::model& model; ///< that of the row
    const effort& how;
    const command& start; ///< of the row's program
    const stop_token& stop;
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
};

} // namespace comparison
