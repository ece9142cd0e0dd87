/// \file
/// What to measure: from the command line to rows.
#pragma once

#include "run.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace comparison {

/// How much of everything.
struct effort {
    unsigned rounds = 1;
    unsigned long_rounds = 1; ///< of what takes long: scenario::takes_long
    double seconds = 0.1;     ///< of the measured time in a round, at least
    /// Measure longer until each connection was served so often in the middle, but no longer than
    /// `longest` (seconds).
    unsigned replies_each = 0;
    double longest = 0;
    std::vector<unsigned> connections{}; ///< of the echo rows
    std::vector<unsigned> silent{};      ///< of the idle rows
    unsigned copy_mib = 1;
    unsigned copies = 1;    ///< in each round; the quickest counts
    unsigned echoes = 1000; ///< that the calls are counted over
    /// What all of it may take (seconds). Where a row's further rounds would exceed it, they are
    /// left out; first rounds never are. 0: no bound.
    double budget = 0;
};

/// Under three minutes for everything, on two processors under Wine.
[[nodiscard]] effort quick_effort();
/// As long as it takes for figures that are worth keeping: twenty to thirty minutes.
[[nodiscard]] effort full_effort();

/// Every row of a scenario and these models, in the order in which they are shown. Rows that differ
/// only in their model stand together. A model that is told its threads has a row for one, as the
/// servers of chapters 2 and 4 have, and one for twice the processors, as chapter 5's.
[[nodiscard]] std::vector<run> rows_of(const scenario& each, const std::vector<std::string>& models,
                                       const effort& how, unsigned processors);

/// Keeps to one round those steps of a scenario whose further rounds do not fit into `spare`, which
/// the steps share in their order. (A second round alone would tell nothing more: rankings need
/// three.) `rows` are those of the scenario, their first round is done; `expected` says how long a
/// round of a row takes. Returns how much is left out.
std::chrono::duration<double>
leave_out_rounds(std::span<run> rows, std::chrono::duration<double> spare,
                 const std::function<std::chrono::duration<double>(const run&)>& expected);

} // namespace comparison
