/// \file
/// What the system knows about itself.
#pragma once

#include <string>

namespace comparison {

/// True when this program runs under Wine.
[[nodiscard]] bool under_wine() noexcept;

/// `Wine 8.0, 2 processors`, for one.
[[nodiscard]] std::string system_name();

/// The folder in which this program lies. Throws std::system_error.
[[nodiscard]] std::wstring program_folder();

} // namespace comparison
