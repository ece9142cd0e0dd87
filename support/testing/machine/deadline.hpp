/// \file
/// The time that a test waits before it fails.
#pragma once

#include "win32/windows.hpp"

#include <functional>

namespace harness {

/// The time, in milliseconds, that a test waits for an event before it fails. It is never the
/// reason why a test passes.
inline constexpr DWORD deadline = 20'000;

/// Returns when `condition` holds, or at the deadline, which is a failure: the caller asserts.
void wait_until(const std::function<bool()>& condition);

} // namespace harness
