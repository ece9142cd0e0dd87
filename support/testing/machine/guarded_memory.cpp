// Makes this program crash at once if it uses a session, an operation or a buffer that was freed.
#include "testing/machine/live_memory.hpp"

namespace {

// A size below that of every block that holds an operation lent to Windows.
constexpr std::size_t least = 512;

[[maybe_unused]] const bool guarded = [] {
    harness::unmap_freed_blocks(least);
    return true;
}();

} // namespace
