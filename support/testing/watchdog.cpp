#include "testing/watchdog.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace harness {

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
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::fprintf(stderr, "[  FAILED  ] %s.%s: %s hangs\n",
                 test != nullptr ? test->test_suite_name() : "no",
                 test != nullptr ? test->name() : "test", what_.c_str());
    std::fflush(stdout);
    std::fflush(stderr);
    std::_Exit(1);
}

} // namespace harness
