/// \file
/// Tells whether the program's other threads sleep while nothing happens.
#pragma once

#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "trace/recorder.hpp"
#include "win32/windows.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>

namespace exercise {

// From the start on: threads may keep the addresses of their calls. No recorder has this one.
inline const counted_calls<decltype(::Sleep)> sleeps{"Sleep", L"kernel32.dll"};

/// The processor time of one thread, and that of all others.
struct processor_times {
    using duration = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

    duration own;
    duration others;

    /// The times of the calling thread, and of the rest of the program, up to now.
    static processor_times now() {
        FILETIME begin{};
        FILETIME end{};
        FILETIME system{};
        FILETIME user{};
        ::GetThreadTimes(::GetCurrentThread(), &begin, &end, &system, &user);
        const duration own = sum(system, user);
        ::GetProcessTimes(::GetCurrentProcess(), &begin, &end, &system, &user);
        return {own, sum(system, user) - own};
    }

private:
    static duration sum(const FILETIME& one, const FILETIME& other) {
        return ticks(one) + ticks(other);
    }

    static duration ticks(const FILETIME& time) {
        return duration{(std::int64_t{time.dwHighDateTime} << 32) + time.dwLowDateTime};
    }
};

/// A step that expects `what`. It fails if, in half a second and while this thread then uses 100 ms
/// of a processor, the other threads use half as much, or if `few` times or more a wait of theirs
/// ends by its time limit or a Sleep begins.
///
/// A thread that sleeps in a wait without a limit uses nothing, however long this takes and
/// whatever else the machine does; one that asks in a loop uses about as much as this one. Ends the
/// recording. `recorder` was made before the threads, which may keep the addresses of their calls.
inline void expect_asleep(const std::string& what, trace::recorder& recorder, unsigned few) {
    using namespace std::chrono_literals;
    expect(what, std::chrono::minutes{1}); // this thread's own time on a busy machine
    const std::uint64_t begin = trace::now();
    const unsigned sleeps_before = sleeps.begun();
    const processor_times before = processor_times::now();
    ::SleepEx(500, FALSE);
    processor_times after = processor_times::now();
    while (after.own - before.own < 100ms)
        after = processor_times::now();
    const trace::recording made = recorder.stop();
    const unsigned slept = sleeps.begun() - sleeps_before;

    const auto is_late = [begin](const trace::event* each) {
        return each->kind == trace::event_kind::call && each->begin >= begin &&
               each->result == trace::outcome::timeout && each->thread_id != ::GetCurrentThreadId();
    };
    const auto late =
        static_cast<unsigned>(std::count_if(made.events.begin(), made.events.end(), is_late));
    require(late + slept < few, slept == 0
                                    ? std::to_string(late) + " waits have ended by their time limit"
                                    : "Sleep was called " + std::to_string(slept) + " times");
    const auto used =
        std::chrono::duration_cast<std::chrono::milliseconds>(after.others - before.others);
    require(used < 50ms, "the threads used " + std::to_string(used.count()) +
                             " ms of processor time, though nothing happened");
}

} // namespace exercise
