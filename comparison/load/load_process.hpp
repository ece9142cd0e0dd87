/// \file
/// The load in a process of its own: comparison_load.exe.
#pragma once

#include "load.hpp"
#include "processes/child_process.hpp"
#include "processes/stop.hpp"

namespace comparison {

/// Does what run_load() does, in a process of its own, and watches `server`.
///
/// Throws std::runtime_error with what run_load() threw there, or how the process failed;
/// `interrupted` when `stop` is requested. Nothing of the process is left then.
[[nodiscard]] load_report run_load_process(const load_options& options, const child_process& server,
                                           const stop_token& stop = {});

} // namespace comparison
