// In this program whoever uses a session, an operation or a buffer after it was freed crashes at
// once.
#include "testing/machine/live_memory.hpp"

namespace {

// Smaller than every block in which there is an operation that is lent to Windows.
constexpr std::size_t least = 512;

[[maybe_unused]] const bool guarded = [] {
    harness::unmap_freed_blocks(least);
    return true;
}();

} // namespace
