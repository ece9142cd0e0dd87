/// \file
/// The overlapped operations of a recording: each from its issue to its completion.
#pragma once

#include "recorder.hpp"

#include <cstdint>
#include <vector>

namespace trace {

/// The way in which the program learnt of the end of an operation.
enum class ended_by : std::uint8_t {
    collected, ///< a call or a routine has brought the completion
    own_call,  ///< the call that issued it failed at once, or was done at once for good
    unknown,   ///< its OVERLAPPED was used again: the program did not ask, or the event is lost
    end_of_recording, ///< the recording ended while it was in flight
};

/// One overlapped operation.
struct operation {
    std::uint64_t id; ///< a number from 1, in the order of issue
    const event* issued;
    const event* issued_by; ///< the call; null if it is lost, or had not returned yet
    const event* collected; ///< null unless `by` is ended_by::collected
    std::uint64_t end;      ///< ticks
    std::uint32_t bytes;
    std::uint32_t error;
    ended_by by;
};

/// The operations of `of`, in the order of issue. An operation that failed at once ends with its
/// call. So does one that was done at once and whose completion was never collected: there is no
/// port, or it leaves such packets out. A completion that belongs to no operation is left out: one
/// that was collected a second time, or a posted packet.
[[nodiscard]] std::vector<operation> match_operations(const recording& of);

} // namespace trace
