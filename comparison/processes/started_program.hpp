/// \file
/// What a chapter's program tells whoever has started it.
#pragma once

#include "child_process.hpp"
#include "stop.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace comparison {

/// The port in the server's line `listening on 127.0.0.1:PORT`. Throws std::runtime_error when no
/// such line has come within `patience`, `interrupted` when `stop` is requested.
[[nodiscard]] std::uint16_t wait_until_listening(child_process& server,
                                                 std::chrono::milliseconds patience,
                                                 const stop_token& stop);

/// Stops a server, by force if it must be. Returns what was wrong with its end: it had ended
/// before, it did not stop within `patience`, it failed meanwhile. Empty when nothing was, and when
/// there was no way to ask it.
[[nodiscard]] std::string stop_server(child_process& server, std::chrono::milliseconds patience);

/// Stops a program that has a console of its own with Ctrl+C. Throws std::runtime_error when it has
/// not ended within `patience`, or with another exit code than 0.
void stop_with_ctrl_c(child_process& program, std::chrono::milliseconds patience);

/// The last line that the program has written so far; empty when that is where it listens.
[[nodiscard]] std::string last_words_of(const child_process& program);

/// What is known about a program that has failed, to be added to what went wrong: its exit code if
/// it has ended, and what it said last.
[[nodiscard]] std::string fate_of(child_process& program);

} // namespace comparison
