#include "failing_allocation.hpp"

#include "testing/machine/live_memory.hpp"
#include "testing/machine/needs.hpp"

#include <atomic>
#include <string_view>

namespace harness {

namespace {

std::atomic<unsigned> first_to_fail{0};
std::atomic<unsigned> last_to_fail{0};
std::atomic<unsigned> allocations{0}; // so far, on the threads that are not spared

thread_local bool spared = false;

} // namespace

failing_allocation::failing_allocation(unsigned first, unsigned count) noexcept {
    first_to_fail = first;
    last_to_fail = first + count - 1;
    allocations = 0;
    spared = true;
    set_allocation_gate([]() noexcept {
        if (spared)
            return true;
        const unsigned number = ++allocations;
        return number < first_to_fail || number > last_to_fail;
    });
}

failing_allocation::~failing_allocation() {
    set_allocation_gate(nullptr);
    spared = false;
}

bool failing_allocation::has_happened() const noexcept {
    return allocations >= first_to_fail;
}

void allocation_failures::SetUp() {
    const std::string_view missing = no_failing_allocations();
    if (!missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
}

} // namespace harness
