/// \file
/// The type of a file, by its name.
#pragma once

#include <string_view>

namespace http {

/// Returns the value of Content-Type for a file of this name or path. It is
/// application/octet-stream if the ending is not known, and says UTF-8 for text. Threads: any.
[[nodiscard]] std::string_view content_type_of(std::string_view name) noexcept;

} // namespace http
