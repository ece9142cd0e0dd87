/// \file
/// The words of a chapter's program, and its end.
#pragma once

#include "child_process.hpp"
#include "stop.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace comparison {

/// Waits for the server's line `listening on 127.0.0.1:PORT` and returns the port. Throws
/// std::runtime_error without such a line within `patience`, `interrupted` when `stop` is
/// requested.
[[nodiscard]] std::uint16_t wait_until_listening(child_process& server,
                                                 std::chrono::milliseconds patience,
                                                 const stop_token& stop);

/// Stops a server, by force after `patience`. Returns the fault of its end: it had ended before,
/// did not stop, or failed while stopping. Returns an empty string without a fault, and if there
/// was no way to ask it.
[[nodiscard]] std::string stop_server(child_process& server, std::chrono::milliseconds patience);

/// Stops a program, which has a console of its own, with Ctrl+C. Throws std::runtime_error if it
/// does not end within `patience` or its exit code is not 0.
void stop_with_ctrl_c(child_process& program, std::chrono::milliseconds patience);

/// The last line that the program has written so far; empty if it is the one with the port.
[[nodiscard]] std::string last_words_of(const child_process& program);

/// An addition to the message about a program's failure: its exit code if it has ended, and its
/// last words.
[[nodiscard]] std::string fate_of(child_process& program);

/// Returns what `work` returns. Adds fate_of() to the message of a failure of `work`; `interrupted`
/// is none.
template <class Work>
auto with_fate_of(child_process& program, const Work& work) {
    try {
        return work();
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        throw std::runtime_error(error.what() + fate_of(program));
    }
}

/// Waits for the end of a program. Throws std::runtime_error if it does not end within `patience`
/// or its exit code is not 0, `interrupted` when `stop` is requested.
void require_success(child_process& program, std::chrono::milliseconds patience,
                     const stop_token& stop);

} // namespace comparison
