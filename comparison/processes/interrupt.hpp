/// \file
/// A stop_token for Ctrl+C.
#pragma once

#include "stop.hpp"

namespace comparison {

/// A token that the first Ctrl+C or Ctrl+Break stops, or the end of the console. A second Ctrl+C
/// ends the process at once. Throws std::system_error.
[[nodiscard]] stop_token stop_on_ctrl_c();

} // namespace comparison
