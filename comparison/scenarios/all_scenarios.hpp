/// \file
/// The list of the scenarios.
#pragma once

#include "rows/scenario.hpp"

#include <vector>

namespace comparison {

/// All scenarios, in the order in which they are measured and shown.
[[nodiscard]] const std::vector<scenario>& all_scenarios();

} // namespace comparison
