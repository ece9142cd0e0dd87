/// \file
/// What the rounds have shown, as a table and as JSON.
#pragma once

#include "measure.hpp"

#include <array>
#include <string>
#include <vector>

namespace inside {

/// The conditions of a run.
struct conditions {
    unsigned processors = 1; ///< of the machine
    unsigned threads = 16;   ///< the size of the pool
    unsigned limit = 0;      ///< the threads that run at once, in designs with a limit
    unsigned rounds = 5;     ///< how often each load is run with each design
};

/// All rounds of one load.
struct results {
    load what;                                                   ///< the load
    std::array<std::vector<figures>, all_designs.size()> rounds; ///< by design, and then by round
};

/// Returns the table for people.
[[nodiscard]] std::string to_table(const conditions& all, const std::vector<results>& loads);

/// Returns one JSON object, for programs.
[[nodiscard]] std::string to_json(const conditions& all, const std::vector<results>& loads);

} // namespace inside
