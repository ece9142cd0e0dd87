/// \file
/// A recording as a file that opens in a trace viewer.
#pragma once

#include "recorder.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace trace {

/// The beginning of every such file, and hardly of another: it identifies an earlier recording.
inline constexpr std::string_view chrome_trace_beginning =
    R"({"displayTimeUnit":"ms","otherData":{"program":)";

/// Writes `what` as JSON in the Trace Event Format, which https://ui.perfetto.dev and
/// chrome://tracing open: times in microseconds since the recording began.
///
/// - A call is a complete event ("X") of the category `call`, on the track of its thread. Its
///   `args`: `kind`, one of kind_names; `handle`; `result` (ok, pending, failed, timeout);
///   `error` if it has failed; `bytes` if it moved them there and then; `operation`, the id of the
///   one that it has issued; `collected`, the ids of those whose completions it has brought;
///   `alertable` for such a wait; `unfinished` for a call that had not returned when the recording
///   ended.
/// - A completion routine is a complete event of the category `routine`, within the wait that runs
///   it. So is a callback of Windows' thread pool, which has no call around it.
/// - An overlapped operation is a pair of async events ("b", "e") of the category `operation`, from
///   just before its call to the moment when its completion was collected. Both have the `kind` of
///   that call; the end has `bytes` if they are known, `error`, and `by`, the call or routine that
///   collected it. An operation that was in flight when the recording ended is `cancelled`.
///
/// So each byte stands once, in `args.bytes` of the events of one kind. Two threads never share a
/// track: when Windows gives the number of a thread that has ended to a new one, the `tid` of the
/// new one is higher by a multiple of 2^32.
///
/// `write` gets the text in pieces, in order; its exceptions go through. Throws std::bad_alloc.
/// Source: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
void write_chrome_trace(const recording& what, std::string_view program,
                        const std::function<void(std::string_view)>& write);

} // namespace trace
