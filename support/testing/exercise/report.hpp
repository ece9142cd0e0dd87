/// \file
/// What the check of an exercise prints, and how its program ends.
#pragma once

#include "check.hpp"

#include <string>
#include <string_view>

namespace exercise {

/// The exit code of a check that has come to its end without a failure. Not 0: that is the code of
/// a learner's exit(0), too.
inline constexpr unsigned all_passed = 86;

/// What a failure says.
struct failure {
    std::string expected; ///< Empty outside of a step.
    std::string got;      ///< What came instead.
    const rule* about;    ///< The rule of the running test; null if it has none.
};

/// Has to be called before end_with(). Returns only once, to the thread that reports the first
/// failure. Another thread waits here for the end of the program, and ends it itself after ten
/// seconds. The first thread ends it at once if it comes again: it has crashed while it reported.
void begin_report();

/// Prints `what` below the name of the running test, and ends the program with exit code 1.
[[noreturn]] void end_with(const failure& what);

/// Does both for the present step.
[[noreturn]] void end_with_got(const std::string& got);

/// Lets `call` be called with the name of each test that begins. It may begin the test's first
/// step.
void call_at_each_test(void (*call)(std::string_view test));

/// Ends the present step: the test is over.
void end_step();

} // namespace exercise
