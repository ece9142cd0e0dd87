/// \file
/// `comparison --record FOLDER`: a recording of every program.
#pragma once

#include "processes/stop.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// Records the programs of these models of chapters (others are left out), in the scenarios `echo`
/// and `copy` if they are among `scenarios`, into `folder`: NAME.json for each. Prints a line for
/// each, with the bytes that went through it, or what went wrong; the others are recorded all the
/// same. Throws std::runtime_error at the end if one failed, or if `stop` was requested.
void record_all(const std::vector<std::string>& scenarios, const std::vector<std::string>& models,
                const std::filesystem::path& folder, const stop_token& stop);

} // namespace comparison
