/// \file
/// The results of a comparison, and their files.
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
    environment where;     ///< the environment in which they were measured
    std::string mode;      ///< `quick` or `full`; `custom` if options changed one of them
    std::string command;   ///< the command line
    bool complete = false; ///< false while it runs, and if it was interrupted
    std::span<const scenario> scenarios; ///< all scenarios, whether they were measured or not
    std::vector<run> rows;               ///< one row for each model and load
};

/// The results as JSON, with the texts of scenarios, figures and models, and the rankings.
/// README.md has the format. The text is ASCII without a `<`, so it can stand inside a page.
[[nodiscard]] std::string to_json(const results& all);

/// `template_page` with `json` in its placeholder. Throws std::runtime_error without a placeholder.
[[nodiscard]] std::string report_page(const std::string& template_page, const std::string& json);

/// The folder for results.json and report.html.
class result_place {
public:
    /// Makes `folder` if necessary. Throws std::system_error or std::runtime_error that names the
    /// file if the template cannot be read or no file can be written.
    result_place(const std::filesystem::path& template_file, std::filesystem::path folder);

    /// Writes both files. Replaces an old file only by a complete new one. Throws likewise.
    void write(const results& all) const;

private:
    std::string template_page_;
    std::filesystem::path folder_;
};

} // namespace comparison
