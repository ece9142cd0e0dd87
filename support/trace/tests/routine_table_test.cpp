#include "trace/log/routine_table.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <random>
#include <vector>

namespace {

using trace::routine_table;

// Compares the table with a map. The addresses lie as those of operations do, in arrays and far
// apart, and are so many that they get into each other's way and leave again in any order.
TEST(routine_table, GivesBackWhatWasPutInInAnyOrder) {
    std::vector<OVERLAPPED> operations(2000);
    std::vector<char> routines(operations.size()); // only their addresses matter
    std::map<const OVERLAPPED*, void*> expected;
    routine_table table;
    std::minstd_rand engine{7};
    for (int step = 0; step < 100'000; ++step) {
        const std::size_t i = engine() % operations.size();
        const OVERLAPPED* const operation = &operations[i];
        if (engine() % 2 == 0) {
            ASSERT_TRUE(table.put({operation, &routines[i], trace::call::WSARecv}));
            expected[operation] = &routines[i];
        } else {
            const routine_table::entry found = table.take(operation);
            const auto there = expected.find(operation);
            ASSERT_EQ(found.routine, there == expected.end() ? nullptr : there->second);
            if (there != expected.end())
                expected.erase(there);
        }
        ASSERT_EQ(table.size(), expected.size());
    }
    for (const auto& [operation, routine] : expected)
        EXPECT_EQ(table.take(operation).routine, routine);
    EXPECT_EQ(table.size(), 0u);
}

TEST(routine_table, AnOverlappedThatIsUsedAgainHasItsLatestRoutine) {
    OVERLAPPED operation{};
    char first = 0;
    char second = 0;
    routine_table table;
    ASSERT_TRUE(table.put({&operation, &first, trace::call::ReadFileEx}));
    ASSERT_TRUE(table.put({&operation, &second, trace::call::WriteFileEx}));
    EXPECT_EQ(table.size(), 1u);
    EXPECT_EQ(table.take(&operation).routine, &second);
    EXPECT_EQ(table.take(&operation).routine, nullptr);
}

} // namespace
