/// \file
/// What the rounds have shown, as a table and as JSON.
#pragma once

#include "measure.hpp"

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

/// All rounds of a run: by load, by design, by round.
using results = std::vector<std::vector<std::vector<figures>>>;

/// Returns the table for people.
[[nodiscard]] std::string to_table(const conditions& all, const results& what);

/// Returns one JSON object, for programs.
[[nodiscard]] std::string to_json(const conditions& all, const results& what);

} // namespace inside
