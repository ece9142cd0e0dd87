/// \file
/// The load in a process of its own, comparison_load.exe.
#pragma once

#include "load.hpp"
#include "processes/child_process.hpp"
#include "processes/stop.hpp"

namespace comparison {

/// Calls run_load() in a process of its own, which watches `server`.
///
/// Throws std::runtime_error with the message of run_load()'s exception, or with the way in which
/// the process failed; `interrupted` when `stop` is requested. The process has then ended.
[[nodiscard]] load_report run_load_process(const load_options& options, const child_process& server,
                                           const stop_token& stop = {});

} // namespace comparison
