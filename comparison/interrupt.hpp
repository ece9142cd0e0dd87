/// \file
/// Ctrl+C as a std::stop_token.
#pragma once

#include <chrono>
#include <exception>
#include <stop_token>

namespace comparison {

/// What a measurement throws when it is told to stop.
class interrupted : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// A token that is stopped by the first Ctrl+C or Ctrl+Break, or when the console is closed. A
/// second Ctrl+C ends the process at once. Throws std::system_error. Source:
/// https://learn.microsoft.com/windows/console/setconsolectrlhandler
[[nodiscard]] std::stop_token stop_on_ctrl_c();

/// Returns after `time`. Throws `interrupted` as soon as `stop` is requested.
void pause(std::chrono::milliseconds time, const std::stop_token& stop);

} // namespace comparison
