/// \file
/// The recordings of `comparison --record FOLDER`.
#pragma once

#include "processes/stop.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// Records the programs of those models that have model::recorded into `folder`, each as NAME.json:
/// the servers if `scenarios` has `echo`, and those with model::busy_recording once more under that
/// name; the copies if it has `copy`. Prints a line for each, with the bytes that it moved or the
/// error; the others are recorded all the same. Throws std::runtime_error at the end if one has
/// failed, or if `stop` was requested.
void record_all(const std::vector<std::string>& scenarios, const std::vector<std::string>& models,
                const std::filesystem::path& folder, const stop_token& stop);

} // namespace comparison
