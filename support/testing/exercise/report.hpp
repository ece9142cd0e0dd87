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

/// Prints `what` below the name of the running test, and ends the program with exit code 1.
[[noreturn]] void end_with(const failure& what);

/// Does the same for the present step.
[[noreturn]] void end_with_got(const std::string& got);

/// Lets `call` be called with the name of each test that begins. It may begin the test's first
/// step.
void call_at_each_test(void (*call)(std::string_view test));

/// Ends the present step: the test is over.
void end_step();

} // namespace exercise
