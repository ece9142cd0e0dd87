/// \file
/// What one measurement found.
#pragma once

#include <map>
#include <string>

namespace comparison {

/// The figures of one round of one row, whatever its scenario is.
struct sample {
    /// By name: `p99_ms`. The names and units are those of scenario::figures. A figure that could
    /// not be measured is absent.
    std::map<std::string, double> figures{};
    /// Why the program did less than it was asked for: it took fewer clients, say. Empty when it
    /// did all.
    std::string limit{};
};

} // namespace comparison
