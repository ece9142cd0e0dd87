// What a measurement does when something fails: it ends, with an error.
#include "inside/measure.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/failures/planned_failures.hpp"
#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/windows.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <system_error>

using inside::design;
using inside::load;
using inside::measure;

namespace {

harness::planned_failures refusals;
std::atomic<void*> original_post{nullptr};

// Stands for PostQueuedCompletionStatus.
BOOL WINAPI post(HANDLE port, DWORD bytes, ULONG_PTR key, OVERLAPPED* overlapped) {
    if (refusals.is_due()) {
        ::SetLastError(ERROR_NO_SYSTEM_RESOURCES);
        return FALSE;
    }
    return reinterpret_cast<decltype(&::PostQueuedCompletionStatus)>(original_post.load())(
        port, bytes, key, overlapped);
}

const std::array<trace::hook, 1> hooks{{
    {"PostQueuedCompletionStatus", L"kernel32.dll", reinterpret_cast<void*>(post), &original_post},
}};
const std::span<const trace::hook> group{hooks};

// Sends bursts of 4 packets, 12 in all, through the system's port, and then 3 packets that end the
// threads. Refuses packets from number `first` on. Returns what the measurement threw.
std::optional<std::system_error> measure_with_refusals(unsigned first, unsigned count) {
    constexpr design system{"", "", true, design::kind::windows};
    constexpr load small{"", 4, 2, 1};
    refusals.plan(first, count);
    const trace::import_patch patch{std::span{&group, 1}};
    try {
        static_cast<void>(measure(system, small, 3, 3, false));
    } catch (const std::system_error& error) {
        return error;
    }
    return std::nullopt;
}

} // namespace

TEST(inside_measure, EndsWithAnErrorWhenAPacketIsRefused) {
    for (unsigned nth = 1; nth <= 12; ++nth) {
        const std::optional<std::system_error> error = measure_with_refusals(nth, 1);
        ASSERT_TRUE(error) << nth;
        EXPECT_EQ(error->code().value(), ERROR_NO_SYSTEM_RESOURCES);
        EXPECT_NE(std::string{error->what()}.find("PostQueuedCompletionStatus"), std::string::npos);
    }
}

TEST(inside_measure, EndsWhenAPacketThatEndsAThreadIsRefused) {
    for (unsigned nth = 13; nth <= 15; ++nth) {
        EXPECT_FALSE(measure_with_refusals(nth, 2)) << nth;
        EXPECT_EQ(refusals.happened(), 2u);
    }
    EXPECT_TRUE(measure_with_refusals(6, 4))
        << "a packet of a burst, and then some that end threads";
    EXPECT_EQ(refusals.happened(), 4u);
}

class inside_measure_without_memory : public harness::allocation_failures {};

TEST_F(inside_measure_without_memory, EndsWithAnErrorWhenAThreadCannotWait) {
    // In this order the list of places moves on with each wait, and so needs memory now and then.
    constexpr design in_turn{"", "", false, design::kind::first_first};
    constexpr load bursts{"", 16, 200, 1};
    for (const unsigned count : {1u, 100u}) {
        const harness::failing_allocation failure{1, count};
        bool ended = false;
        // Hardly more than once: a thread waits only if it finds no packet.
        const ULONGLONG end = ::GetTickCount64() + harness::deadline;
        while (!failure.has_happened() && ::GetTickCount64() < end)
            try {
                static_cast<void>(measure(in_turn, bursts, 16, 16, false));
            } catch (const std::bad_alloc&) {
                ended = true;
            }
        EXPECT_TRUE(failure.has_happened());
        EXPECT_TRUE(ended);
    }
}
