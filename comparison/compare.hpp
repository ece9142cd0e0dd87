/// \file
/// The comparison itself: every row, round after round, printed and kept.
#pragma once

#include "processes/stop.hpp"
#include "rows/plan.hpp"

#include <string>
#include <vector>

namespace comparison {

/// What to compare, and how much of it.
struct settings {
    std::vector<std::string> scenarios;
    std::vector<std::string> models;
    std::string mode; ///< as results::mode
    effort how;
    std::string out;     ///< the folder of results.json and report.html; UTF-8
    std::string command; ///< that was given
};

/// Every row of the settings, scenario after scenario, in the order in which they are shown.
[[nodiscard]] std::vector<run> rows_of(const settings& s, unsigned processors);

/// Measures all rows; tells on stderr what runs and how long is left; prints each scenario when it
/// is finished, and writes results.json and report.html anew. The programs are taken from the
/// folder of this one. Winsock must be started.
///
/// A row that fails says why, and the others go on. Throws std::runtime_error at the end when there
/// was one, or when `stop` was requested: what is finished is then printed and written. Throws
/// std::system_error when the results cannot be written.
void compare(const settings& s, const stop_token& stop);

} // namespace comparison
