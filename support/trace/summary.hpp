/// \file
/// A recording in a few lines of text.
#pragma once

#include "recorder.hpp"

#include <string>

namespace trace {

/// The summary has, for each call, the number of times that it was made, the time that this took in
/// all, and the longest time; for each thread, the share of its life that it spent waiting; and the
/// calls per request. Lines end with `\n`.
///
/// The first two are exact even when events were dropped. A thread's life lasts from its first
/// recorded call to its end, or to that of the recording. A thread waits while it is in a call that
/// may keep it waiting: a wait, a blocking accept, connect, recv, send, ReadFile or WriteFile. It
/// does not wait while a completion routine runs in that call, in a call that only starts an
/// operation, in a wait of 0 ms, and in a call on a non-blocking socket that fails with
/// WSAEWOULDBLOCK.
///
/// A request is a receive or a read that brought bytes. All recorded calls count as calls for the
/// requests. Dropped events count neither as calls nor as requests.
[[nodiscard]] std::string summary_of(const recording& what);

} // namespace trace
