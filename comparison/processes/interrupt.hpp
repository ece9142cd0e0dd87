/// \file
/// Ctrl+C as a stop_token.
#pragma once

#include "stop.hpp"

namespace comparison {

/// A token that is stopped by the first Ctrl+C or Ctrl+Break, or when the console is closed. A
/// second Ctrl+C ends the process at once. Throws std::system_error.
[[nodiscard]] stop_token stop_on_ctrl_c();

} // namespace comparison
