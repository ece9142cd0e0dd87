/// \file
/// What the system knows about itself.
#pragma once

#include <optional>
#include <string>

namespace comparison {

/// Wine's version, when this program runs under Wine.
[[nodiscard]] std::optional<std::string> wine_version();

/// True when this program runs under Wine.
[[nodiscard]] bool under_wine() noexcept;

/// `Windows 10.0.22631`, `Wine 8.0`.
[[nodiscard]] std::string system_name();

/// The folder in which this program lies. Throws std::system_error.
[[nodiscard]] std::wstring program_folder();

} // namespace comparison
