/// \file
/// The environment in which a comparison ran.
#pragma once

#include <optional>
#include <string>

namespace comparison {

/// The machine, the system and the compiled sources.
struct environment {
    std::string date;                ///< the time in UTC: 2026-01-31T23:59:59Z
    std::string system;              ///< the system_name()
    std::optional<std::string> wine; ///< Wine's version; nothing on Windows
    std::optional<std::string> host; ///< the system below Wine
    std::string processor;           ///< the processor's name
    unsigned processors = 0;
    unsigned memory_mib = 0;
    std::string commit; ///< the sources' commit, with `-dirty` if they were changed since
    std::string compiler;
};

/// The system's name and version: `Windows 10.0.22631`, `Wine 8.0`.
[[nodiscard]] std::string system_name();

/// The environment of this process. Throws std::system_error.
[[nodiscard]] environment this_environment();

} // namespace comparison
