/// \file
/// What each test of an echo server expects, in words, and where a lesson has it.
#pragma once

#include <string>

namespace exercise {

/// A lesson's headings for what an echo server has to do.
struct echo_headings {
    std::string bytes;     ///< receiving and sending, and the end of the stream
    std::string others;    ///< many clients: none holds another one up
    std::string stopping;  ///< stop()
    std::string leftovers; ///< what is given back when a client leaves
    std::string address;   ///< listening
};

/// Lets the failures of the ladder and of the contract say what they expected, and where to read
/// again in `lesson`, a file relative to the repository's root. Call it before the tests run.
/// Returns true.
bool know_echo_lesson(const std::string& lesson, const echo_headings& headings);

} // namespace exercise
