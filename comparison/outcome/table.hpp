/// \file
/// What was measured, as text.
#pragma once

#include "rankings.hpp"
#include "rows/run.hpp"

#include <string>
#include <vector>

namespace comparison {

/// `64 connections`, `1000 silent, 10 connections`: what sets a row apart.
[[nodiscard]] std::string text_of(const parameter_list& parameters);

/// The table of one scenario, with a line for every row: the medians of its rounds and the spread
/// of the most important figure, or why there are none. `rows` are those of one scenario.
[[nodiscard]] std::string table_of(const std::vector<run>& rows);

/// The order of the models by the scenario's most important figure that is ranked, a line for each
/// load; of the rankings of that scenario. Empty when there is none.
[[nodiscard]] std::string order_of(const scenario& s, const std::vector<ranking>& rankings);

/// Three digits that count, and commas: 0.312, 4.50, 19.2, 10,250.
[[nodiscard]] std::string to_text(double value);

} // namespace comparison
