/// \file
/// ASCII letters, digits and blanks, which do not depend on the machine's language.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace http {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

[[nodiscard]] constexpr bool starts_ignoring_case(std::string_view text,
                                                  std::string_view start) noexcept {
    return equals_ignoring_case(text.substr(0, start.size()), start);
}

/// Returns `text` without the blanks at its ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace http
