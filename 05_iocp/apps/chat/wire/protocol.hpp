/// \file
/// The protocol between client and server. Needs no Windows.
///
/// Both sides send frames, one after the other, over one TCP connection:
///
///     length   2 bytes, network order: the number of bytes that follow, at least 1
///     type     1 byte
///     body     the rest
///
/// A *name*, of a person or a room, is a byte with its length and 1 to 64 bytes. A *text* has at
/// least 1 byte, and goes to the end of the frame. Both are UTF-8 without control characters. A
/// server passes on only names that are is_name() and in Unicode's normal form C, and texts that
/// are is_visible_text() (plain_text.hpp). Two names are the same if their bytes are.
///
///     from the client              body
///      1  join                     room: name; own name: name
///      2  leave                    -
///      3  say                      text
///
///     from the server
///     16  welcome                  longest frame it takes: 2 bytes; the others in the room: names
///     17  joined                   the member: name
///     18  left                     the member: name
///     19  said                     the speaker: name; text
///     20  refused                  reason: 1 byte; the same in English: text
///
/// A client is in one room at a time, or in none. `join` is answered by `welcome`, and the others
/// get `joined`. `leave` is answered by `left`, which the others get too. `say` is answered by
/// `said`, which all members get, the speaker included. All members of a room get its frames in the
/// same order, with none missing from a client's `welcome` to its own `left`. The end of a
/// connection counts as `leave`.
///
/// `refused` changes nothing. After `malformed` and `too_long`, however, the server closes, since
/// it cannot trust the rest of the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chat {

/// The bytes of a frame's length.
inline constexpr std::size_t length_bytes = 2;
/// The bytes of a name at most.
inline constexpr std::size_t longest_name = 64;
/// The greatest limit that a server can have for the members of a room: `welcome` must hold the
/// names of all but one.
inline constexpr std::size_t most_members = 1'000;
/// The least and the greatest limit that a server can have for a client's frames, their lengths not
/// counted. Any `join` fits into the least one, and the `said` for a `say` of the greatest one fits
/// into a frame.
inline constexpr std::size_t least_longest_frame = 256;
inline constexpr std::size_t greatest_longest_frame = 65'000;
/// The bytes of any frame at most, its length not counted.
inline constexpr std::size_t longest_frame_of_all = 65'535;

struct join {
    std::string_view room;
    std::string_view name;
};
struct leave {};
struct say {
    std::string_view text;
};
/// A message of a client. Its views are into the frame.
using client_message = std::variant<join, leave, say>;

/// The reason for which a server refuses.
enum class reason : std::uint8_t {
    malformed = 1, ///< The frame is none of this protocol; the server closes.
    too_long = 2,  ///< The frame is longer than the server's limit; the server closes.
    name_taken = 3,
    room_full = 4,
    in_a_room = 5,  ///< A `join` comes after another.
    in_no_room = 6, ///< A `say` or `leave` comes without a `join`.
    bad_name = 7,   ///< The name of a person or a room is not allowed.
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
/// A message of a server. Its views are into the frame.
using server_message = std::variant<welcome, joined, left, said, refused>;

/// Returns the number in the first length_bytes of `bytes`.
[[nodiscard]] std::size_t read_length(std::string_view bytes) noexcept;

/// Returns the message in a frame (type and body, as from frame_reader); nothing if the frame is
/// not exactly as above. Any thread. Throws std::bad_alloc.
[[nodiscard]] std::optional<client_message> parse_client(std::string_view frame);
[[nodiscard]] std::optional<server_message> parse_server(std::string_view frame);

/// Returns the whole frame with its length in front. Any thread. Throws std::length_error if a name
/// or the frame is too long; std::bad_alloc.
[[nodiscard]] std::string encode(const client_message& message);
[[nodiscard]] std::string encode(const server_message& message);

/// Returns the reason in English, for `refused`.
[[nodiscard]] std::string_view text_of(reason why) noexcept;

} // namespace chat
