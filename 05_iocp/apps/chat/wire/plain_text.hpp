/// \file
/// The texts and names that the chat takes. Needs no Windows.
#pragma once

#include <string>
#include <string_view>

namespace chat {

/// Whether `text` is plain: UTF-8 without the control characters of ASCII and U+0080 to U+009F. One
/// client's text is printed on another's terminal, which takes control characters for commands. Any
/// thread.
[[nodiscard]] bool is_plain_text(std::string_view text) noexcept;

/// Whether `text`, which is plain, has only visible characters, blanks, and the joiners and
/// variation selectors that emoji and several scripts need. Characters that change how others are
/// shown are not allowed either: U+202E, say, turns the characters behind it round. Any thread.
[[nodiscard]] bool is_visible_text(std::string_view text) noexcept;

/// Whether `text`, which is plain, can be a name: it is not empty, has only visible characters, and
/// does not begin with `*`. Blanks, joiners and variation selectors are not allowed. So no two
/// names differ only in something invisible, and the line "* Ann has left" cannot come from a
/// member called "* Ann". (Letters of two scripts may still look alike.) Any thread.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// Returns `text`, which is plain, with each character that is_visible_text() refuses written as
/// its number, such as \u{202E}. Any thread. Throws std::bad_alloc.
[[nodiscard]] std::string make_visible(std::string_view text);

} // namespace chat
