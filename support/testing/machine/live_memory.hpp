/// \file
/// How much memory the program has allocated and not yet freed, and two ways to be strict with it.
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

/// From now on a block of `least` bytes or more gets pages to itself, and they are taken away when
/// it is freed. Whoever uses it after that crashes at once, rather than read or change what
/// somebody else has there by then. The addresses come into use again only after a thousand other
/// blocks. Costs a call of the system for each such block.
void unmap_freed_blocks(std::size_t least) noexcept;

/// Called before each allocation, on the thread that allocates. When it says false, that allocation
/// fails: std::bad_alloc, or null. It must not allocate.
using allocation_gate = bool (*)() noexcept;

/// Sets the gate; null opens it for good.
void set_allocation_gate(allocation_gate gate) noexcept;

} // namespace harness
