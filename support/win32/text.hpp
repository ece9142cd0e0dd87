/// \file
/// UTF-8 at the edges of the program, UTF-16 at the edge of Windows.
#pragma once

#include <string>
#include <string_view>

namespace win32 {

/// UTF-8 from UTF-16. A lone surrogate becomes U+FFFD. Any thread.
[[nodiscard]] std::string to_utf8(std::wstring_view text);

/// UTF-16 from UTF-8. A byte that is not UTF-8 becomes U+FFFD. Any thread.
[[nodiscard]] std::wstring to_wide(std::string_view text);

} // namespace win32
