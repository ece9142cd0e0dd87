/// \file
/// A recording in a few lines of text.
#pragma once

#include "recorder.hpp"

#include <string>

namespace trace {

/// For each call how often it was made, how long that took in all and at the longest; for each
/// thread the share of its life that it spent waiting; and the calls per request. Lines end with
/// `\n`.
///
/// The first two are exact, also when events were dropped. A thread's life is from its first
/// recorded call to its end, or that of the recording. It waits while it is in a call that may
/// keep it: a wait, a blocking accept, connect, recv, send, ReadFile or WriteFile. It does not
/// while a completion routine runs in that wait, in a call that only starts an operation, in a wait
/// of 0 ms, and in a call on a non-blocking socket that failed with WSAEWOULDBLOCK.
///
/// A request is a receive or a read that brought bytes. The calls that are counted for it are all
/// that are recorded. Of dropped events neither are counted.
[[nodiscard]] std::string summary_of(const recording& what);

} // namespace trace
