/// \file
/// The number of calls for an echo, which is the same under Wine and on Windows.
#pragma once

#include "rows/scenario.hpp"
#include "trace_file.hpp"

#include <cstdint>

namespace comparison {

/// The figures of a recording with that many echoes, one or more:
///
/// - `io_calls_per_echo`: the calls that move bytes or start to, trace::moves_bytes()
/// - `waits_per_echo`: the calls of the kind trace::call_kind::wait
/// - `call/NAME`: the recorded calls of that name
///
/// The calls to start, to accept and to stop are spread over the echoes: in 3,000 echoes, 1.003 is
/// one call for each and nine others.
[[nodiscard]] sample calls_of(const trace_file& trace, std::uint64_t echoes);

} // namespace comparison
