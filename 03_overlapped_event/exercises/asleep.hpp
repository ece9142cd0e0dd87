/// \file
/// Tells whether the program's other threads sleep while nothing happens.
#pragma once

#include "waits.hpp"

#include "testing/exercise/check.hpp"
#include "win32/windows.hpp"

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>

namespace exercise {

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
/// of a processor, the other threads use half as much; or if one of them has begun a wait with a
/// time limit, or a Sleep, since `waits` was made.
///
/// A thread that sleeps in a wait without a limit uses nothing, however long this takes and
/// whatever else the machine does; one that asks in a loop uses about as much as this one. `waits`
/// was made before the threads, which may keep the addresses of their calls.
inline void expect_asleep(const std::string& what, const watched_waits& waits) {
    using namespace std::chrono_literals;
    expect(what, std::chrono::minutes{1}); // this thread's own time on a busy machine
    const processor_times before = processor_times::now();
    ::SleepEx(500, FALSE);
    processor_times after = processor_times::now();
    while (after.own - before.own < 100ms)
        after = processor_times::now();

    require(waits.last_limit() == 0,
            "a thread has begun a wait, or a Sleep, with a time limit of " +
                std::to_string(waits.last_limit()) + " ms");
    const auto used =
        std::chrono::duration_cast<std::chrono::milliseconds>(after.others - before.others);
    require(used < 50ms, "the threads used " + std::to_string(used.count()) +
                             " ms of processor time, though nothing happened");
}

} // namespace exercise
