#include "win32/linux_proc.hpp"
#include "win32/under_wine.hpp"

#include <gtest/gtest.h>

namespace proc = win32::proc;

TEST(win32_linux_proc, TellsTheNumberAfterAKey) {
    const std::string status =
        "Threads:\t17\nVmRSS:\t   4096 kB\nnonvoluntary:\t2\nvoluntary:\t1\n";
    EXPECT_EQ(proc::number_after("Threads:", status), 17u);
    EXPECT_EQ(proc::number_after("VmRSS:", status), 4096u);
    EXPECT_EQ(proc::number_after("\nvoluntary:", status), 1u);
    EXPECT_EQ(proc::number_after("State:", status), std::nullopt);
    EXPECT_EQ(proc::number_after("kB", status), std::nullopt) << "no number follows";
}

TEST(win32_linux_proc, WhatIsNotThereIsNothing) {
    EXPECT_EQ(proc::content_of(proc::open(L"no\\status")), std::nullopt);
    EXPECT_TRUE(proc::numbers_in(L"no such folder\\").empty());
    EXPECT_EQ(proc::find(L"comm", "a name that is longer than Linux lets them be"), std::nullopt);
    EXPECT_EQ(proc::find(L"no such file", ""), std::nullopt);
}

TEST(win32_linux_proc, FindsAProcessByTheBeginningOfAFile) {
    // The file begins with the number itself: no two are alike.
    EXPECT_EQ(proc::find(L"stat", "1 ("),
              win32::under_wine() ? std::optional<unsigned>{1} : std::nullopt);
}
