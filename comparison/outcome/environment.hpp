/// \file
/// Where a comparison ran.
#pragma once

#include <optional>
#include <string>

namespace comparison {

/// The machine, the system, and what was compiled.
struct environment {
    std::string date;                ///< now, UTC: 2026-01-31T23:59:59Z
    std::string system;              ///< `Windows 10.0.22631`; `Wine 8.0`
    std::optional<std::string> wine; ///< its version; nothing on Windows
    std::optional<std::string> host; ///< the system below Wine
    std::string processor;           ///< its name
    unsigned processors = 0;
    unsigned memory_mib = 0;
    std::string commit; ///< of the sources; ends in `-dirty` if they were changed since
    std::string compiler;
};

/// `Windows 10.0.22631`, `Wine 8.0`.
[[nodiscard]] std::string system_name();

/// This one. Throws std::system_error.
[[nodiscard]] environment this_environment();

} // namespace comparison
