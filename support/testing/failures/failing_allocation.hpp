/// \file
/// Makes allocations fail where a test wants them to.
///
/// \code
/// class echo_without_memory : public harness::allocation_failures {};
/// TEST_F(echo_without_memory, AClientThatGetsNoMemoryIsAlone) {
///     bool failed = true;
///     for (unsigned nth = 1; failed; ++nth) { // each allocation of the server's threads in turn
///         echo_server server;
///         const harness::failing_allocation failure{nth};
///         …                                   // clients, on this thread
///         failed = failure.has_happened();
///     }
/// }
/// \endcode
#pragma once

#include <gtest/gtest.h>

namespace harness {

/// While it lives, allocations fail on all threads but the one that made it: number `first` of
/// them, counted from 1, and the next ones, up to `count` in all. They fail as operator new fails:
/// by std::bad_alloc, or by null for the form that does not throw.
///
/// The thread that made it is spared, so that a test can be the client of a server in its own
/// process. There may be one at a time, since it uses the gate of live_memory.hpp.
class failing_allocation {
public:
    /// Makes allocation number `first` from now on fail, and `count - 1` after it.
    explicit failing_allocation(unsigned first, unsigned count = 1) noexcept;
    /// Lets all allocations succeed again.
    ~failing_allocation();
    failing_allocation(const failing_allocation&) = delete;
    failing_allocation& operator=(const failing_allocation&) = delete;

    /// True once an allocation has failed. If it stays false, there were fewer than `first`.
    [[nodiscard]] bool has_happened() const noexcept;
};

/// The fixture of tests in which allocations fail. They are skipped in a build whose containers do
/// not survive that (needs.hpp).
class allocation_failures : public ::testing::Test {
protected:
    /// Skips the test in such a build.
    void SetUp() override;
};

} // namespace harness
