/// \file
/// The memory that the program has allocated and not yet freed, and two ways to be strict with it.
///
/// A program that uses one of these functions gets an operator new and an operator delete that
/// count. Everything that goes through them counts: containers, strings, a server's connections.
/// Threads: all functions may be called from any thread.
#pragma once

#include <cstddef>

namespace harness {

/// The number of bytes that are allocated now.
[[nodiscard]] std::size_t live_bytes() noexcept;

/// The highest value of live_bytes() since the last reset_peak_live_bytes().
[[nodiscard]] std::size_t peak_live_bytes() noexcept;

/// Sets the peak to live_bytes() again.
void reset_peak_live_bytes() noexcept;

/// Gives each new block of `least` bytes or more pages to itself, and takes the pages away when it
/// is freed. A later use of the block crashes at once, rather than read or change what lies there
/// by then. The addresses come into use again only after a thousand other blocks. Each such block
/// costs a call of the system.
void unmap_freed_blocks(std::size_t least) noexcept;

/// A function that is called before each allocation, on the thread that allocates. It returns false
/// to let the allocation fail, by std::bad_alloc or by null. It must not allocate.
using allocation_gate = bool (*)() noexcept;

/// Sets the gate; null opens it for good.
void set_allocation_gate(allocation_gate gate) noexcept;

} // namespace harness
