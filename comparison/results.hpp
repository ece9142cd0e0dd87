/// \file
/// Everything that one comparison found, and how it is kept.
#pragma once

#include "environment.hpp"
#include "run.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// A comparison's results.
struct results {
    environment where;
    std::string mode;      ///< `quick` or `full`; `custom` if options changed one of them
    std::string command;   ///< that was given
    bool complete = false; ///< false: interrupted, or not over yet
    std::vector<run> rows;
};

/// The results as JSON, with what the scenarios, the figures and the models are, and the rankings.
/// README.md has the format. ASCII, and without a `<`: it can stand inside a page.
[[nodiscard]] std::string to_json(const results& all);

/// `template_page` with `json` in the place that is kept for it. Throws std::runtime_error when
/// there is no such place.
[[nodiscard]] std::string report_page(const std::string& template_page, const std::string& json);

/// Writes results.json and report.html into `folder`, which is made if it is not there. An old file
/// is replaced only by a whole new one. Throws std::system_error or std::runtime_error that names
/// the file.
void write_results(const results& all, const std::filesystem::path& template_file,
                   const std::filesystem::path& folder);

} // namespace comparison
