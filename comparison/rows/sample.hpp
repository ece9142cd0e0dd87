/// \file
/// The result of one measurement.
#pragma once

#include <map>
#include <string>

namespace comparison {

/// The figures of one round of one row, of any scenario.
struct sample {
    /// The values by the figure's name (`p99_ms`), in the unit of scenario::figures. A figure that
    /// could not be measured is absent.
    std::map<std::string, double> figures{};
    /// The reason why the program did less than it was asked to, such as taking fewer clients;
    /// empty if it did all.
    std::string limit{};
};

} // namespace comparison
