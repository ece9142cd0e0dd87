#include "watchdog.hpp"

#include "win32/windows.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace harness {

static std::atomic<hang_report> report_of_all{nullptr};

watchdog::watchdog(std::string what, std::chrono::steady_clock::duration limit)
    : what_{std::move(what)}, thread_{&watchdog::watch, this, limit} {}

watchdog::~watchdog() {
    {
        const std::lock_guard lock{mutex_};
        done_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void watchdog::watch(std::chrono::steady_clock::duration limit) {
    std::unique_lock lock{mutex_};
    if (changed_.wait_for(lock, limit, [this] { return done_; }))
        return;
    if (const hang_report report = report_of_all)
        report(what_);
    const ::testing::UnitTest& unit = *::testing::UnitTest::GetInstance();
    std::string where = "outside the tests";
    if (const ::testing::TestSuite* suite = unit.current_test_suite())
        where = suite->name();
    if (const ::testing::TestInfo* test = unit.current_test_info())
        where.append(".").append(test->name());
    std::fprintf(stderr, "[  FAILED  ] %s: %s hangs\n", where.c_str(), what_.c_str());
    std::fflush(stdout);
    std::fflush(stderr);
    end_program();
}

void report_hangs_with(hang_report report) noexcept {
    report_of_all = report;
}

void end_program() noexcept {
    ::TerminateProcess(::GetCurrentProcess(), 1);
    std::abort(); // never: it has ended this thread, too
}

} // namespace harness
