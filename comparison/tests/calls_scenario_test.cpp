#include "calls_scenario.hpp"
#include "interrupt.hpp"
#include "system_figures.hpp"

#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

TEST(calls_scenario, CountsByNameAndByKind) {
    trace_file trace;
    for (const char* const name : {"accept", "recv", "send", "recv", "send", "WSAPoll", "recv"})
        trace.calls.push_back({name, {}, {}});
    const sample found = calls_of(trace, 2);
    EXPECT_EQ(found.figures, (std::map<std::string, double>{{"io_calls_per_echo", 2.5},
                                                            {"waits_per_echo", 0.5},
                                                            {"call/accept", 0.5},
                                                            {"call/recv", 1.5},
                                                            {"call/send", 1.0},
                                                            {"call/WSAPoll", 0.5}}));
}
} // namespace
