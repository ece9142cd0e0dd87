/// \file
/// Windows itself, or Wine.
#pragma once

namespace win32 {

/// The release of Wine that runs this process, as Wine calls it: "9.21", "10.0-rc1". Null on
/// Windows. Any thread.
[[nodiscard]] const char* wine_version() noexcept;

/// True when this process runs under Wine. Any thread.
[[nodiscard]] inline bool under_wine() noexcept {
    return wine_version() != nullptr;
}

} // namespace win32
