#include "system_figures.hpp"
#include "testing/latch.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace {

using namespace comparison;

TEST(system_figures, CountsThreads) {
    const unsigned before = look_at(::GetCurrentProcess()).threads;
    EXPECT_GE(before, 1u);
    harness::latch running{5};
    harness::latch seen{1};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 5; ++i)
        threads.emplace_back([&] {
            running.count_down();
            seen.wait();
        });
    running.wait();
    const unsigned with_five = look_at(::GetCurrentProcess()).threads;
    seen.count_down();
    EXPECT_EQ(with_five, before + 5);
}

TEST(system_figures, SeesMemoryThatIsTouched) {
    constexpr std::size_t size = 32 * 1024 * 1024;
    const std::uint64_t before = look_at(::GetCurrentProcess()).working_set;
    EXPECT_GT(before, 0u);
    const std::vector<char> memory(size, 'x');
    const std::uint64_t after = look_at(::GetCurrentProcess()).working_set;
    EXPECT_GE(after, before + size * 9 / 10) << memory.back();
}

TEST(system_figures, NamesTheSystem) {
    const std::string name = system_name();
    EXPECT_EQ(name.rfind(under_wine() ? "Wine " : "Windows ", 0), 0u) << name;
    EXPECT_NE(name.find(" processor"), std::string::npos) << name;
}

} // namespace
