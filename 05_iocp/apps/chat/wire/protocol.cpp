#include "protocol.hpp"

#include "plain_text.hpp"

#include <stdexcept>
#include <utility>

namespace chat {

namespace {

enum class type : unsigned char {
    join = 1,
    leave = 2,
    say = 3,
    welcome = 16,
    joined = 17,
    left = 18,
    said = 19,
    refused = 20,
};

constexpr std::size_t byte_at(std::string_view bytes, std::size_t place) {
    return static_cast<unsigned char>(bytes[place]);
}

// ---- Reading ----

// Takes a frame apart from front to back. What is not as it should be makes it bad, and it stays
// so: one question at the end is enough.
class body_reader {
public:
    explicit body_reader(std::string_view body) noexcept : rest_{body} {}

    std::size_t number(std::size_t bytes) noexcept {
        const std::string_view digits = take(bytes);
        std::size_t value = 0;
        for (std::size_t i = 0; i < digits.size(); ++i)
            value = value << 8 | byte_at(digits, i);
        return value;
    }

    std::string_view name() noexcept {
        const std::size_t length = number(1);
        good_ = good_ && length <= longest_name;
        return plain(take(length));
    }

    std::string_view text() noexcept { return plain(take(rest_.size())); }

    [[nodiscard]] bool has_more() const noexcept { return good_ && !rest_.empty(); }

    // All was as it should be, and nothing is left over.
    [[nodiscard]] bool ends_well() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view take(std::size_t count) noexcept {
        good_ = good_ && count <= rest_.size();
        if (!good_)
            return {};
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view plain(std::string_view text) noexcept {
        good_ = good_ && !text.empty() && is_plain_text(text);
        return text;
    }

    std::string_view rest_;
    bool good_ = true;
};

// The calls in a list between braces are made from left to right.
template <class Message>
std::optional<Message> read_body(type what, body_reader& body);

template <>
std::optional<client_message> read_body(type what, body_reader& body) {
    switch (what) {
    case type::join:
        return join{body.name(), body.name()};
    case type::leave:
        return leave{};
    case type::say:
        return say{body.text()};
    default:
        return std::nullopt;
    }
}

template <>
std::optional<server_message> read_body(type what, body_reader& body) {
    switch (what) {
    case type::welcome: {
        welcome message{static_cast<std::uint16_t>(body.number(2)), {}};
        while (body.has_more())
            message.others.push_back(body.name());
        return message;
    }
    case type::joined:
        return joined{body.name()};
    case type::left:
        return left{body.name()};
    case type::said:
        return said{body.name(), body.text()};
    case type::refused:
        return refused{static_cast<reason>(body.number(1)), body.text()};
    default:
        return std::nullopt;
    }
}

template <class Message>
std::optional<Message> parse(std::string_view frame) {
    if (frame.empty())
        return std::nullopt;
    body_reader body{frame.substr(1)};
    std::optional<Message> message = read_body<Message>(type(byte_at(frame, 0)), body);
    if (!body.ends_well())
        message.reset();
    return message;
}

// ---- Writing ----

class frame_writer {
public:
    explicit frame_writer(type what) : bytes_(length_bytes, '\0') {
        bytes_ += static_cast<char>(what);
    }

    frame_writer& number(std::size_t value, std::size_t bytes) {
        for (std::size_t i = bytes; i-- > 0;)
            bytes_ += static_cast<char>(static_cast<unsigned char>(value >> 8 * i));
        return *this;
    }

    frame_writer& name(std::string_view name) {
        if (name.size() > longest_name)
            throw std::length_error{"a name is too long"};
        return number(name.size(), 1).text(name);
    }

    frame_writer& text(std::string_view text) {
        bytes_ += text;
        return *this;
    }

    std::string finish() {
        const std::size_t length = bytes_.size() - length_bytes;
        if (length > longest_frame_of_all)
            throw std::length_error{"a frame is too long"};
        bytes_[0] = static_cast<char>(static_cast<unsigned char>(length >> 8));
        bytes_[1] = static_cast<char>(static_cast<unsigned char>(length));
        return std::move(bytes_);
    }

private:
    std::string bytes_;
};

// A function for each message.
struct writer {
    std::string operator()(const join& message) const {
        return frame_writer{type::join}.name(message.room).name(message.name).finish();
    }
    std::string operator()(const leave&) const { return frame_writer{type::leave}.finish(); }
    std::string operator()(const say& message) const {
        return frame_writer{type::say}.text(message.text).finish();
    }
    std::string operator()(const welcome& message) const {
        frame_writer frame{type::welcome};
        frame.number(message.longest_frame, 2);
        for (const std::string_view each : message.others)
            frame.name(each);
        return frame.finish();
    }
    std::string operator()(const joined& message) const {
        return frame_writer{type::joined}.name(message.name).finish();
    }
    std::string operator()(const left& message) const {
        return frame_writer{type::left}.name(message.name).finish();
    }
    std::string operator()(const said& message) const {
        return frame_writer{type::said}.name(message.name).text(message.text).finish();
    }
    std::string operator()(const refused& message) const {
        const auto why = static_cast<std::size_t>(message.why);
        return frame_writer{type::refused}.number(why, 1).text(message.text).finish();
    }
};

} // namespace

std::size_t read_length(std::string_view bytes) noexcept {
    return byte_at(bytes, 0) << 8 | byte_at(bytes, 1);
}

std::optional<client_message> parse_client(std::string_view frame) {
    return parse<client_message>(frame);
}

std::optional<server_message> parse_server(std::string_view frame) {
    return parse<server_message>(frame);
}

std::string encode(const client_message& message) {
    return std::visit(writer{}, message);
}

std::string encode(const server_message& message) {
    return std::visit(writer{}, message);
}

std::string_view text_of(reason why) noexcept {
    switch (why) {
    case reason::malformed:
        return "this is no frame of the chat's protocol";
    case reason::too_long:
        return "a frame is longer than this server takes";
    case reason::name_taken:
        return "somebody in the room has this name";
    case reason::room_full:
        return "the room is full";
    case reason::in_a_room:
        return "you are in a room already";
    case reason::in_no_room:
        return "you are in no room";
    case reason::bad_name:
        return "a name has no blanks, nothing invisible, no * in front, and normal form C";
    case reason::bad_text:
        return "the text has an invisible character";
    }
    return "unknown";
}

} // namespace chat
