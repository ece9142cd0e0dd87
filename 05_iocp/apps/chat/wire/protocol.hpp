/// \file
/// What client and server say to each other. Free of Windows.
///
/// Both sides send frames, one after the other, over one TCP connection:
///
///     length   2 bytes, network order: how many bytes follow, 1 at least
///     type     1 byte
///     body     the rest
///
/// A *name*, of a person or a room, is one byte that says how long it is, and 1 to 64 bytes. A
/// *text* is 1 byte at least, and goes to the end of the frame. Both are UTF-8 without control
/// characters. Nor does a server pass on what cannot be seen: a name is is_name(), and in
/// Unicode's normal form C, a text is_visible_text() (plain_text.hpp). Names are the same when
/// their bytes are.
///
///     from the client              body
///      1  join                     room: name; own name: name
///      2  leave                    -
///      3  say                      text
///
///     from the server
///     16  welcome                  longest frame it takes: 2 bytes; the others in the room: names
///     17  joined                   who: name
///     18  left                     who: name
///     19  said                     who: name; text
///     20  refused                  why: 1 byte; the same in English: text
///
/// A client is in one room at a time, or in none. `join` is answered by `welcome`, and the others
/// get `joined`; `leave` by `left`, which the others get too; `say` by `said`, to all, the speaker
/// included. All members of a room get its frames in one and the same order: from a client's
/// `welcome` to its own `left`, nothing is missing and nothing stands elsewhere. A connection that
/// ends is a `leave`.
///
/// `refused` leaves everything as it was. After `malformed` and `too_long`, however, the server
/// closes: it cannot trust the rest of the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chat {

/// Of a frame's length.
inline constexpr std::size_t length_bytes = 2;
/// Of a name, in bytes.
inline constexpr std::size_t longest_name = 64;
/// A room's size, of all the rooms that a server can be told to have: `welcome` has to hold the
/// names of all but one.
inline constexpr std::size_t most_members = 1'000;
/// The limits within which a server's own limit on a client's frames lies, their lengths not
/// counted: any `join` fits into the least, and any `said` that comes of a `say` of the greatest
/// can be written.
inline constexpr std::size_t least_longest_frame = 256;
inline constexpr std::size_t greatest_longest_frame = 65'000;
/// Any frame at all, its length not counted.
inline constexpr std::size_t longest_frame_of_all = 65'535;

struct join {
    std::string_view room;
    std::string_view name;
};
struct leave {};
struct say {
    std::string_view text;
};
/// What a client sends. The views are into the frame.
using client_message = std::variant<join, leave, say>;

/// Why the server refuses.
enum class reason : std::uint8_t {
    malformed = 1, ///< no frame of this protocol; the server closes
    too_long = 2,  ///< a frame beyond its limit; the server closes
    name_taken = 3,
    room_full = 4,
    in_a_room = 5,  ///< `join` again
    in_no_room = 6, ///< `say` or `leave` without `join`
    bad_name = 7,   ///< of a person or a room
    bad_text = 8,
};

struct welcome {
    std::uint16_t longest_frame = 0;
    std::vector<std::string_view> others;
};
struct joined {
    std::string_view name;
};
struct left {
    std::string_view name;
};
struct said {
    std::string_view name;
    std::string_view text;
};
struct refused {
    reason why{};
    std::string_view text;
};
/// What a server sends. The views are into the frame.
using server_message = std::variant<welcome, joined, left, said, refused>;

/// The number that the first length_bytes of `bytes` are.
[[nodiscard]] std::size_t read_length(std::string_view bytes) noexcept;

/// What a frame (type and body, as frame_reader gives it) says. Nothing, if it is not exactly as
/// above. Any thread. Throws std::bad_alloc.
[[nodiscard]] std::optional<client_message> parse_client(std::string_view frame);
[[nodiscard]] std::optional<server_message> parse_server(std::string_view frame);

/// The whole frame, its length in front, ready to be sent. Any thread. Throws std::length_error if
/// a name, or all of it, is too long; std::bad_alloc.
[[nodiscard]] std::string encode(const client_message& message);
[[nodiscard]] std::string encode(const server_message& message);

/// The reason in English, as `refused` brings it.
[[nodiscard]] std::string_view text_of(reason why) noexcept;

} // namespace chat
