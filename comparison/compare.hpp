/// \file
/// The comparison: measures all rows, round after round, prints the results and keeps them.
#pragma once

#include "processes/stop.hpp"
#include "rows/plan.hpp"

#include <string>
#include <vector>

namespace comparison {

/// The settings of a comparison, from its command line.
struct settings {
    std::vector<std::string> scenarios;
    std::vector<std::string> models;
    std::string mode = "quick"; ///< as results::mode
    effort how;
    std::string out;     ///< the folder for results.json and report.html, in UTF-8
    std::string command; ///< the command line
};

/// The rows of these scenarios and models, in the order in which they are shown.
[[nodiscard]] std::vector<run> rows_of(const settings& s, unsigned processors);

/// Measures all rows with the programs in this program's folder. Shows the progress on stderr,
/// prints each scenario when it is finished, and writes results.json and report.html after each
/// round. Winsock must be started.
///
/// A row that fails keeps the reason, and the others go on. Throws std::runtime_error at the end if
/// a row has failed or `stop` was requested; everything that is finished is then printed and
/// written. Throws std::system_error when the results cannot be written.
void compare(const settings& s, const stop_token& stop);

} // namespace comparison
