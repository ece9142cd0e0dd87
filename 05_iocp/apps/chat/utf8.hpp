/// \file
/// Text as it travels: UTF-8 that may be shown to anybody. Free of Windows.
#pragma once

#include <cstddef>
#include <string_view>

namespace chat {

/// Whether `text` is UTF-8 (shortest forms only, no surrogates) without control characters, neither
/// those of ASCII nor U+0080 to U+009F. One client's text is printed on another one's terminal,
/// which takes control characters for commands: so nobody may send them. Any thread.
[[nodiscard]] bool is_plain_text(std::string_view text) noexcept;

/// How many bytes of `text`, which is UTF-8, one can take, `most` at the longest, without cutting a
/// character in two. `most` is 4 at least, or it may be nothing. Any thread.
[[nodiscard]] std::size_t whole_characters(std::string_view text, std::size_t most) noexcept;

} // namespace chat
