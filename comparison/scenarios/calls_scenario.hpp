/// \file
/// What one echo costs in calls: a figure that is the same under Wine and on Windows.
#pragma once

#include "rows/sample.hpp"
#include "trace_file.hpp"

#include <cstdint>

namespace comparison {

/// The figures of a recording with so many echoes, of which there is at least one:
///
/// - `io_calls_per_echo`: those that move bytes or start to, trace::moves_bytes()
/// - `waits_per_echo`: those of the kind trace::call_kind::wait
/// - `call/NAME`: every call that was recorded, by its name
///
/// To start, to accept and to stop takes calls, too. They are spread over the echoes, so that a
/// count of 1.003 is one call for each echo and nine others.
[[nodiscard]] sample calls_of(const trace_file& trace, std::uint64_t echoes);

} // namespace comparison
