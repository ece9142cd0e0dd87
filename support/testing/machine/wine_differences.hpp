/// \file
/// The one list of tests that hold on Windows and cannot hold under Wine.
#pragma once

#include <limits>
#include <span>
#include <string_view>

namespace harness {

/// A release of Wine, by its first two numbers: 9.21 comes after 9.3.
struct wine_version {
    int major = 0; ///< 9 of 9.21; 0 for Windows
    int minor = 0; ///< 21 of 9.21

    /// Whether this is the older release.
    [[nodiscard]] constexpr bool is_before(const wine_version& other) const noexcept {
        return major != other.major ? major < other.major : minor < other.minor;
    }
};

/// The version that stands for "in no release up to today".
inline constexpr wine_version not_yet{std::numeric_limits<int>::max(), 0};

/// One test that is skipped under Wine.
struct wine_difference {
    std::string_view test;   ///< "suite.test", as GoogleTest names it
    std::string_view reason; ///< Wine's own behaviour
    /// The first release that does as Windows does: the test runs there, and in all later ones.
    wine_version gone_since = not_yet;
};

/// The whole list, over all test programs.
[[nodiscard]] std::span<const wine_difference> wine_differences() noexcept;

/// The reason why `suite.test` is skipped here, or an empty text. It is empty on Windows, under a
/// Wine from which the difference is gone, and when TUTORIAL_WINE_DIFFERENCES=run is in the
/// environment: set it to see what a newer Wine does.
[[nodiscard]] std::string_view reason_to_skip(std::string_view suite, std::string_view test);

/// The release of Wine that this process runs under; its major number is 0 on Windows.
[[nodiscard]] wine_version running_wine() noexcept;

} // namespace harness
