/// \file
/// The record that is written down for each call while the program runs: small, of a fixed size.
#pragma once

#include "calls.hpp"

#include "win32/windows.hpp"

#include <cstdint>

namespace trace {

/// The result of a call.
enum class outcome : std::uint8_t {
    ok,
    pending, ///< the call has started an operation, which goes on
    failed,
    timeout, ///< the time limit of a wait has passed
};

/// The subject of a record.
enum class event_kind : std::uint8_t {
    call,      ///< a call, written when it has returned
    issued,    ///< the start of an overlapped operation, written before its call
    collected, ///< the completion of one, written when the program is about to learn of it
    routine,   ///< a completion routine, written when it has returned
};

/// One record. Operations are recognised afterwards, by the address of their OVERLAPPED: an address
/// is issued, collected, issued, collected…, in the order of `sequence`.
struct event {
    std::uint64_t begin;      ///< ticks; the only time of `issued` and `collected`
    std::uint64_t end;        ///< ticks
    std::uint64_t handle;     ///< the handle of `call` and `issued`; 0 for none, or several
    std::uint64_t overlapped; ///< the address of the OVERLAPPED, of `issued` and `collected`
    /// The place of `issued` and `collected` in the order of causes, for which the clock is too
    /// coarse. For `call`, the sequence of the operation that it has issued, or 0; for `routine`,
    /// the sequence of the completion that it handles.
    std::uint64_t sequence;
    std::uint32_t number;    ///< the number of the call on its thread, for `collected` too; or 0
    std::uint32_t bytes;     ///< the bytes that were moved, if `has_bytes`
    std::uint32_t error;     ///< the error of a call that has failed, or of a completion
    std::uint32_t thread;    ///< a number from 1, in the order of appearance
    std::uint32_t thread_id; ///< Windows' number, which it gives to another thread later
    event_kind kind;         ///< the subject
    call which;     ///< the call; of `collected` the collecting one, of `routine` the issuing one
    outcome result; ///< the result of a call
    std::uint8_t flags; ///< the sum of the flags below

    static constexpr std::uint8_t has_bytes = 1;  ///< `bytes` is known
    static constexpr std::uint8_t alertable = 2;  ///< completion routines may interrupt the wait
    static constexpr std::uint8_t unfinished = 4; ///< the call was still under way at the end
    static constexpr std::uint8_t by_routine = 8; ///< a completion routine has collected it
};
static_assert(sizeof(event) == 64);

/// The time, in ticks of QueryPerformanceCounter. Any thread.
[[nodiscard]] inline std::uint64_t now() noexcept {
    LARGE_INTEGER ticks;
    ::QueryPerformanceCounter(&ticks);
    return static_cast<std::uint64_t>(ticks.QuadPart);
}

} // namespace trace
