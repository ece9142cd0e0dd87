// Whatever comes: the frames are the same in however many pieces, none is beyond the limit, and
// what is read as a message is, written again, the same bytes.
#include "apps/chat/wire/frame_reader.hpp"
#include "apps/chat/wire/plain_text.hpp"
#include "apps/chat/wire/protocol.hpp"
#include "apps/utf8.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using chat::frame_status;

constexpr std::size_t longest_frame = 300;

struct outcome {
    std::vector<std::string> frames;
    frame_status last = frame_status::incomplete;
    bool operator==(const outcome&) const = default;
};

// What a reader makes of the stream when it comes in pieces of `size`. Each piece is a copy of its
// own, so that a view that outlives it is found.
outcome read_in_pieces(std::string_view stream, std::size_t size) {
    chat::frame_reader reader{longest_frame};
    outcome result;
    while (!stream.empty() && result.last == frame_status::incomplete) {
        const std::string piece{stream.substr(0, size)};
        stream.remove_prefix(piece.size());
        std::string_view bytes = piece;
        while ((result.last = reader.next(bytes)) == frame_status::whole)
            result.frames.emplace_back(reader.frame());
    }
    return result;
}

template <class Message>
void check(const std::optional<Message>& message, const std::string& frame) {
    if (message)
        REQUIRE(chat::encode(*message).substr(chat::length_bytes) == frame);
}

void check_visible(std::string_view text) {
    if (!chat::is_plain_text(text))
        return;
    const std::string shown = chat::make_visible(text);
    REQUIRE(chat::is_plain_text(shown) && chat::is_visible_text(shown));
    REQUIRE((shown == text) == chat::is_visible_text(text));
    REQUIRE(!chat::is_name(text) || chat::is_visible_text(text));
}

void check_cut(std::string_view text, std::size_t most) {
    if (!chat::is_plain_text(text))
        return;
    const std::size_t count = apps::whole_characters(text, most);
    REQUIRE(count <= most && (count != 0 || text.empty()));
    REQUIRE(chat::is_plain_text(text.substr(0, count)) && chat::is_plain_text(text.substr(count)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view stream{reinterpret_cast<const char*>(data) + 1, size - 1};
    const outcome whole = read_in_pieces(stream, std::max<std::size_t>(stream.size(), 1));
    REQUIRE(read_in_pieces(stream, 1 + data[0] % 16) == whole);
    for (const std::string& frame : whole.frames) {
        REQUIRE(!frame.empty() && frame.size() <= longest_frame);
        check(chat::parse_client(frame), frame);
        check(chat::parse_server(frame), frame);
    }
    check_visible(stream);
    check_cut(stream, 4 + data[0] % 16);
    return 0;
}
