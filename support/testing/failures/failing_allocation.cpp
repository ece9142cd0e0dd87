#include "failing_allocation.hpp"

#include "planned_failures.hpp"
#include "testing/machine/live_memory.hpp"
#include "testing/machine/needs.hpp"

#include <string_view>

namespace harness {

namespace {

planned_failures failures; // of the allocations on threads that are not spared

thread_local bool spared = false;

} // namespace

failing_allocation::failing_allocation(unsigned first, unsigned count) noexcept {
    failures.plan(first, count);
    spared = true;
    set_allocation_gate([]() noexcept { return spared || !failures.is_due(); });
}

failing_allocation::~failing_allocation() {
    set_allocation_gate(nullptr);
    spared = false;
}

bool failing_allocation::has_happened() const noexcept {
    return failures.happened() != 0;
}

void allocation_failures::SetUp() {
    const std::string_view missing = no_failing_allocations();
    if (!missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
}

} // namespace harness
