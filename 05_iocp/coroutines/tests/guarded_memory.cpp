#include "guarded_memory.hpp"

#include "testing/machine/live_memory.hpp"

namespace coroutines {

namespace {

// A size below that of every block that holds an operation lent to Windows.
constexpr std::size_t least = 512;

[[maybe_unused]] const bool guarded = [] {
    guard_memory();
    return true;
}();

} // namespace

void guard_memory() noexcept {
    harness::unmap_freed_blocks(least);
}

ordinary_memory::ordinary_memory() noexcept {
    harness::unmap_freed_blocks(static_cast<std::size_t>(-1));
}

ordinary_memory::~ordinary_memory() {
    guard_memory();
}

} // namespace coroutines
