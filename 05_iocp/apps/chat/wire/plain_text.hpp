/// \file
/// Text as it travels: UTF-8 that may be shown to anybody. Free of Windows.
#pragma once

#include <string>
#include <string_view>

namespace chat {

/// Whether `text` is UTF-8 (shortest forms only, no surrogates) without control characters, neither
/// those of ASCII nor U+0080 to U+009F. One client's text is printed on another one's terminal,
/// which takes control characters for commands: so nobody may send them. Any thread.
[[nodiscard]] bool is_plain_text(std::string_view text) noexcept;

/// Whether `text`, which is plain, has no character that cannot be seen and is not just a blank, or
/// that changes how others are shown: U+202E, say, turns round what follows it. Joiners and
/// variation selectors are taken, since emoji and several scripts need them. Any thread.
[[nodiscard]] bool is_visible_text(std::string_view text) noexcept;

/// Whether `text`, which is plain, can be a name: it is not empty, has neither blanks nor any other
/// character that cannot be seen, joiners and variation selectors included, and does not begin with
/// `*`. So two names that look alike are not told apart by something invisible, and what is shown
/// as "* Ann has left" is not of somebody called "* Ann". (Letters of two scripts may look alike
/// still.) Any thread.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// `text`, which is plain, with each character that is_visible_text() refuses written as its
/// number: \u{202E}. Any thread. Throws std::bad_alloc.
[[nodiscard]] std::string make_visible(std::string_view text);

} // namespace chat
