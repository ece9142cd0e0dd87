/// \file
/// Dates in the forms of HTTP.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// Returns a date of the form `Sun, 06 Nov 1994 08:49:37 GMT`. Threads: any.
[[nodiscard]] std::string to_date(std::chrono::sys_seconds time);

/// Reads that form, and the two older ones that a server must know: `Sunday, 06-Nov-94 08:49:37
/// GMT` and `Sun Nov  6 08:49:37 1994`. Returns nothing for any other form. A year of two digits is
/// the latest one that is at most 50 years after `now`. The name of the day need not fit. Threads:
/// any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text,
                                                                 std::chrono::sys_seconds now);

} // namespace http
