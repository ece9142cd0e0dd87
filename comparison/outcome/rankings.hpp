/// \file
/// Which model is ahead of which: the only claims that the results make.
#pragma once

#include "rows/run.hpp"

#include <string>
#include <vector>

namespace comparison {

/// The order of the models by one figure, under one load.
struct ranking {
    std::string scenario;        ///< its name
    parameter_list parameters{}; ///< as run::parameters
    std::string figure;          ///< its name
    std::string better;          ///< "higher" or "lower"
    /// Labels, best first. Those of one group are not told apart.
    std::vector<std::vector<std::string>> order{};
};

/// How much worse, of its own size, the best round of one model must be than the worst round of
/// another before it is said to be behind.
inline constexpr double margin = 0.1;

/// The fewest rounds of a figure that is not a mere count.
inline constexpr unsigned fewest_rounds = 3;

/// Every ranking that `rows` can bear: for each figure that is ranked, under each load, over the
/// rows that have all their rounds, did all that was asked for, and have the figure in every round.
/// A group begins only where every round of the models before it is better, by `margin`, than every
/// round of the models from there on. A ranking that tells nobody apart has one group; where fewer
/// than two rows can be compared there is none.
[[nodiscard]] std::vector<ranking> rankings_of(const std::vector<run>& rows);

} // namespace comparison
