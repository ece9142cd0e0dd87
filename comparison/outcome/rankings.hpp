/// \file
/// The rankings of the models, which are the only claims that the results make.
#pragma once

#include "rows/run.hpp"

#include <string>
#include <vector>

namespace comparison {

/// The order of the models by one figure, under one load.
struct ranking {
    std::string scenario;        ///< the scenario's name
    parameter_list parameters{}; ///< the load, as run::parameters
    std::string figure;          ///< the figure's name
    std::string better;          ///< the direction in which it is better: "higher" or "lower"
    /// The labels in groups, the best group first. The rounds do not tell the models of a group
    /// apart.
    std::vector<std::vector<std::string>> order{};
};

/// The share by which the best round of a model must be worse than the worst round of another, for
/// the model to be behind.
inline constexpr double margin = 0.1;

/// The fewest rounds for a ranking by a figure that is not a count.
inline constexpr unsigned fewest_rounds = 3;

/// The rankings of `rows`, for each load and each figure that is ranked. They compare the rows that
/// have all their rounds, did all that they were asked to, and have the figure in every round. A
/// group begins only where every round of the models before it is better, by `margin`, than every
/// round of the models from there on. A ranking that tells no models apart has one group; a ranking
/// of fewer than two rows is left out.
[[nodiscard]] std::vector<ranking> rankings_of(const std::vector<run>& rows);

} // namespace comparison
