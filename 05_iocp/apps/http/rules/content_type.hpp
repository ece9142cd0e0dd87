/// \file
/// What is in a file, by its name.
#pragma once

#include <string_view>

namespace http {

/// The value of Content-Type for a file of this name or path; application/octet-stream if the
/// ending is not known. Text is said to be UTF-8. Threads: any.
[[nodiscard]] std::string_view content_type_of(std::string_view name) noexcept;

} // namespace http
