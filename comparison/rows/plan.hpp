/// \file
/// The plan: which rows there are, and how many rounds each has.
#pragma once

#include "run.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace comparison {

/// How much is measured.
struct effort {
    unsigned rounds = 1;
    unsigned long_rounds = 1; ///< the rounds of a row that takes long: scenario::takes_long
    double seconds = 0.1;     ///< the least measured time in a round, in seconds
    /// The mean of replies for each connection until which echo goes on measuring, up to `longest`.
    unsigned replies_each = 0;
    double longest = 0;                  ///< the longest measured time in a round, in seconds
    std::vector<unsigned> connections{}; ///< the numbers of connections in echo
    std::vector<unsigned> silent{};      ///< the numbers of silent clients in idle
    unsigned copy_mib = 1;               ///< the size of the file to copy, in MiB
    unsigned copies = 1;                 ///< the copies in each round, of which the quickest counts
    unsigned echoes = 1000;              ///< the echoes over which calls are counted
    /// The seconds that everything may take; 0 if there is no bound. Rounds beyond the first are
    /// left out where they would exceed it.
    double budget = 0;
};

/// The effort that measures everything in under three minutes, on two processors under Wine.
[[nodiscard]] effort quick_effort();
/// The effort for figures that are worth keeping: twenty to thirty minutes.
[[nodiscard]] effort full_effort();

/// The rows of a scenario and these models, in the order in which they are shown. Rows that differ
/// only in their model stand together. A model that takes threads has two rows: one thread, as the
/// servers of chapters 2 and 4 have, and twice the processors, as chapter 5's has.
[[nodiscard]] std::vector<run> rows_of(const scenario& each, const std::vector<std::string>& models,
                                       const effort& how, unsigned processors);

/// Leaves out the rounds beyond the first of those loads of a scenario for which `spare` is too
/// short; earlier loads are served first. (A second round alone would add nothing: rankings need
/// three.) `rows` are the scenario's, with their first round done; `expected` estimates the time of
/// one round. Returns the estimated time of the rounds that are left out.
std::chrono::duration<double>
leave_out_rounds(std::span<run> rows, std::chrono::duration<double> spare,
                 const std::function<std::chrono::duration<double>(const run&)>& expected);

} // namespace comparison
