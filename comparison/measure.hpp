/// \file
/// One round of one row: which program is started, and which scenario it is set to.
#pragma once

#include "processes/stop.hpp"
#include "rows/plan.hpp"
#include "rows/run.hpp"
#include "rows/sample.hpp"
#include "scenarios/copy_scenario.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace comparison {

/// Measures rows. Winsock must be started. Threads: one at a time.
class measurer {
public:
    /// The programs lie in `programs`.
    measurer(std::filesystem::path programs, effort how, stop_token stop);

    /// One round of `row`. Throws what went wrong, as the scenarios do, and `interrupted`.
    [[nodiscard]] sample measure(const run& row);

    /// About how long measure() takes.
    [[nodiscard]] std::chrono::duration<double> expected(const run& row) const;

private:
    [[nodiscard]] const copy_files& files();

    std::filesystem::path programs_;
    effort how_;
    stop_token stop_;
    std::optional<copy_files> files_; // made for the first copy
};

} // namespace comparison
