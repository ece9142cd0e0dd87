/// \file
/// The time that a test waits before it fails.
#pragma once

#include "win32/windows.hpp"

#include <chrono>
#include <functional>

namespace harness {

/// The time, in milliseconds, that a test waits for an event before it fails. It is never the
/// reason why a test passes.
inline constexpr DWORD deadline = 20'000;

/// Returns when `condition` holds, or at the deadline, which is a failure: the caller asserts.
inline void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{deadline};
    // Do not yield instead: this thread would take a processor from those it waits for.
    while (!condition() && std::chrono::steady_clock::now() < end)
        ::SleepEx(1, FALSE);
}

} // namespace harness
