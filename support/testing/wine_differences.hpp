/// \file
/// The one list of tests that hold on Windows and cannot hold under Wine.
#pragma once

#include <span>
#include <string_view>

namespace harness {

/// One test that is skipped under Wine.
struct wine_difference {
    std::string_view test;   ///< "suite.test", as GoogleTest names it
    std::string_view reason; ///< what Wine does instead
};

/// The whole list, over all test programs.
[[nodiscard]] std::span<const wine_difference> wine_differences() noexcept;

/// The reason why `suite.test` is skipped here, or an empty text. It is empty on Windows, and also
/// when TUTORIAL_WINE_DIFFERENCES=run is in the environment: set it to see what a newer Wine does.
[[nodiscard]] std::string_view reason_to_skip(std::string_view suite, std::string_view test);

/// True when this process runs under Wine.
[[nodiscard]] bool running_under_wine() noexcept;

} // namespace harness
