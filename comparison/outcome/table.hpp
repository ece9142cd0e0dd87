/// \file
/// The results as text.
#pragma once

#include "rankings.hpp"
#include "rows/run.hpp"

#include <string>
#include <vector>

namespace comparison {

/// A load in words: `64 connections`, `1000 silent, 10 connections`.
[[nodiscard]] std::string text_of(const parameter_list& parameters);

/// The table of one scenario, whose rows `rows` are. It has a line for each row: the medians of its
/// rounds and the range of the first column's figure, or the reason why there are none.
[[nodiscard]] std::string table_of(const std::vector<run>& rows);

/// The order of the models by the scenario's most important ranked figure, with a line for each
/// load. `rankings` are the scenario's. Empty without a ranking that tells models apart.
[[nodiscard]] std::string order_of(const scenario& s, const std::vector<ranking>& rankings);

/// The number with three significant digits or all before the point, and commas: 0.312, 4.50,
/// 10,250.
[[nodiscard]] std::string to_text(double value);

} // namespace comparison
