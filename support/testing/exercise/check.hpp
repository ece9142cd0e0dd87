/// \file
/// The check of an exercise: tests that say what was expected, what came, and which rule that
/// breaks.
///
/// The tests are GoogleTest's, in the order in which they stand in the file. When all have passed
/// the program ends with exit code 86. It ends with the first failure, with exit code 1 and three
/// lines: \code FAILED  StopReturnsWithoutClients
///   Expected: stop() returns while nobody is connected.
///   Got:      it has not come within 5 seconds.
///   Rule:     A thread that waits inside a call looks at no flag.
///             Read again: 01_blocking/README.md, "Stopping: how to wake a thread that hears
///             nothing"
/// \endcode
/// A hang, a crash and an exception that nothing catches are reported in the same way. Nothing of
/// the learner's is destroyed after a failure, so a server that cannot stop holds nothing up.
///
/// Threads: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace exercise {

/// What an exercise is about.
struct rule {
    std::string_view text;    ///< One sentence.
    std::string_view lesson;  ///< The file to read again, relative to the repository's root.
    std::string_view heading; ///< The heading in it.
};

/// Names the rule of the running test. Lifetime: `of_test` outlives the program's tests.
void about(const rule& of_test);

/// Begins the next step of the running test: from here on `what` is expected, a whole sentence
/// without its full stop. The step is over when the next one begins or when the test ends. If that
/// takes longer than `limit`, the program ends with a failure. `limit` only ends a hang: a step
/// that succeeds takes a small part of it.
void expect(std::string what, std::chrono::seconds limit = std::chrono::seconds{5});

/// Ends the program with a failure of the present step, unless `holds`. `got` says what came in
/// place of what was expected, as a sentence without its full stop.
void require(bool holds, const std::string& got);

/// Lets `call` be called when the check fails, before its program ends, to remove what it has made
/// outside of the program. It must not fail, nor wait for what the learner has written, apart from
/// the end of a program of the learner's that it ends.
void call_at_failure(void (*call)());

} // namespace exercise
