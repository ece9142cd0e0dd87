/// \file
/// How much memory the program has allocated and not yet freed.
///
/// A program that uses one of these functions gets an operator new and an operator delete that
/// count. Everything that goes through them counts: containers, strings, a server's connections.
/// Threads: all functions may be called from any thread.
#pragma once

#include <cstddef>

namespace harness {

/// The bytes that are allocated now.
[[nodiscard]] std::size_t live_bytes() noexcept;

/// The most that live_bytes() has been since the last reset_peak_live_bytes().
[[nodiscard]] std::size_t peak_live_bytes() noexcept;

/// Forgets the peak: it is live_bytes() again.
void reset_peak_live_bytes() noexcept;

} // namespace harness
