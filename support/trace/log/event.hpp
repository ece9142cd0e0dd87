/// \file
/// What is written down while the program runs: one small record of a fixed size for each call.
#pragma once

#include "calls.hpp"

#include "win32/windows.hpp"

#include <cstdint>

namespace trace {

/// How a call came back.
enum class outcome : std::uint8_t {
    ok,
    pending, ///< it has started an operation, which goes on
    failed,
    timeout, ///< a wait that came to its time limit
};

/// What a record is about.
enum class event_kind : std::uint8_t {
    call,      ///< a call, written when it has returned
    issued,    ///< an overlapped operation, written before the call that starts it
    collected, ///< its completion, written when the program is about to learn of it
    routine,   ///< a completion routine, written when it has returned
};

/// One record. Operations are recognised afterwards, by the address of their OVERLAPPED: an address
/// is issued, collected, issued, collected…, in the order of `sequence`.
struct event {
    std::uint64_t begin;      ///< ticks; of `issued` and `collected` the only time
    std::uint64_t end;        ///< ticks
    std::uint64_t handle;     ///< of `call` and `issued`; 0: none, or several
    std::uint64_t overlapped; ///< of `issued` and `collected`: the address
    /// `issued`, `collected`: its place in the order of causes. The clock is too coarse for that.
    /// `call`: the sequence of the operation that it has issued, or 0. `routine`: the sequence of
    /// the completion that it handles.
    std::uint64_t sequence;
    std::uint32_t number;    ///< `call`, `collected`: of the call, counted on its thread; or 0
    std::uint32_t bytes;     ///< moved, if `has_bytes`
    std::uint32_t error;     ///< of a call that has failed, of a completion
    std::uint32_t thread;    ///< counted from 1 in the order of appearance
    std::uint32_t thread_id; ///< Windows' number, which it gives to another thread later
    event_kind kind;         ///< what it is about
    call which;         ///< `collected`: the call that has collected; `routine`: that has issued
    outcome result;     ///< of a call
    std::uint8_t flags; ///< those below, added up

    static constexpr std::uint8_t has_bytes = 1;  ///< `bytes` is known
    static constexpr std::uint8_t alertable = 2;  ///< a wait that completion routines may interrupt
    static constexpr std::uint8_t unfinished = 4; ///< a call that was still under way at the end
    static constexpr std::uint8_t by_routine = 8; ///< collected by a completion routine
};
static_assert(sizeof(event) == 64);

/// The time, in ticks of QueryPerformanceCounter. Any thread.
[[nodiscard]] inline std::uint64_t now() noexcept {
    LARGE_INTEGER ticks;
    ::QueryPerformanceCounter(&ticks);
    return static_cast<std::uint64_t>(ticks.QuadPart);
}

} // namespace trace
