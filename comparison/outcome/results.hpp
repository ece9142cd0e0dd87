/// \file
/// Everything that one comparison found, and how it is kept.
#pragma once

#include "environment.hpp"
#include "rows/run.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace comparison {

/// A comparison's results.
struct results {
    environment where;     ///< they were measured
    std::string mode;      ///< `quick` or `full`; `custom` if options changed one of them
    std::string command;   ///< that was given
    bool complete = false; ///< false: interrupted, or not over yet
    std::span<const scenario> scenarios; ///< all that there are
    std::vector<run> rows;               ///< one for each model and load
};

/// The results as JSON, with what the scenarios, the figures and the models are, and the rankings.
/// README.md has the format. ASCII, and without a `<`: it can stand inside a page.
[[nodiscard]] std::string to_json(const results& all);

/// `template_page` with `json` in the place that is kept for it. Throws std::runtime_error when
/// there is no such place.
[[nodiscard]] std::string report_page(const std::string& template_page, const std::string& json);

/// Where results.json and report.html go.
class result_place {
public:
    /// `folder` is made if it is not there. Throws std::system_error or std::runtime_error, which
    /// names the file, when something cannot be read or written there.
    result_place(const std::filesystem::path& template_file, std::filesystem::path folder);

    /// Writes both. An old file is replaced only by a whole new one. Throws likewise.
    void write(const results& all) const;

private:
    std::string template_page_;
    std::filesystem::path folder_;
};

} // namespace comparison
