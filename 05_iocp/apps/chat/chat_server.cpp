#include "chat_server.hpp"

#include "apps/chat/wire/frame_reader.hpp"
#include "apps/chat/wire/plain_text.hpp"
#include "apps/chat/wire/protocol.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace chat {

// What belongs to one connection. Only the handler's calls for its session use it, so it needs no
// lock.
struct visitor : iocp::session_data {
    explicit visitor(std::size_t longest_frame) noexcept : frames{longest_frame} {}

    frame_reader frames;
    rooms::handle in;       // null: in no room
    std::string name;       // in that room
    std::string unread;     // what has been received and not yet obeyed
    bool has_ended = false; // and after that nothing more comes
};

namespace {

visitor& visitor_of(iocp::session& self) {
    return static_cast<visitor&>(*self.data);
}

iocp::server_options with_limits(const chat_options& options) {
    const auto is_within = [](std::size_t value, std::size_t least, std::size_t most) {
        return value >= least && value <= most;
    };
    if (!is_within(options.longest_frame, least_longest_frame, greatest_longest_frame) ||
        !is_within(options.most_members, 1, most_members) ||
        !is_within(options.send_limit, least_send_limit, greatest_send_limit))
        throw std::invalid_argument{"a limit of the chat is outside its own limits"};
    iocp::server_options result = options.server;
    result.queue_limit = options.send_limit;
    result.high_water_mark = options.send_limit / 4;
    result.low_water_mark = options.send_limit / 16;
    result.stall_timeout = options.stall_timeout;
    return result;
}

// Korean, for one, can be written with whole syllables or with their letters, and looks the same.
// Normal form C, that of whole syllables, leaves one way of the two.
bool is_good_name(std::string_view name) {
    const std::wstring wide = win32::to_wide(name);
    return is_name(name) && ::IsNormalizedString(NormalizationC, wide.data(),
                                                 static_cast<int>(wide.size())) != FALSE;
}

} // namespace

chat_server::chat_server(const chat_options& options)
    : options_{options},
      settings_{options.most_members, static_cast<std::uint16_t>(options.longest_frame)},
      rooms_{settings_},
      server_{*this, with_limits(options)} {}

void chat_server::on_open(iocp::session& self) {
    self.data = std::make_unique<visitor>(options_.longest_frame);
    self.set_deadline(options_.join_timeout);
}

void chat_server::on_receive(iocp::session& self, std::span<const std::byte> bytes) {
    visitor& who = visitor_of(self);
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (who.unread.empty()) {
        who.unread = obey_all(self, text);
    } else {
        who.unread += text;
        go_on(self);
    }
}

//! [obey-all]
// Returns what has to wait: when the room makes the client wait, by pausing its session; or when
// the client does not take what it is sent. on_resumed() or on_drained() comes after either.
std::string_view chat_server::obey_all(iocp::session& self, std::string_view bytes) {
    frame_reader& frames = visitor_of(self).frames;
    while (!self.is_paused() && !self.is_congested()) {
        switch (frames.next(bytes)) {
        case frame_status::incomplete:
            return {};
        case frame_status::whole:
            if (obey(self, frames.frame()))
                break;
            [[fallthrough]];
        case frame_status::empty:
            expel(self, reason::malformed);
            return {};
        case frame_status::too_long:
            expel(self, reason::too_long);
            return {};
        }
    }
    return bytes;
}
//! [obey-all]

void chat_server::go_on(iocp::session& self) {
    visitor& who = visitor_of(self);
    const std::string bytes = std::exchange(who.unread, {});
    who.unread = obey_all(self, bytes);
    // Paused: its last words still wait in the room. on_resumed() comes.
    if (who.has_ended && who.unread.empty() && !self.is_paused()) {
        leave(self);
        self.close();
    }
}

// The client has left in good order. The others need not wait for the end of the connection to hear
// of it, which may be a while when that client does not read.
void chat_server::on_end(iocp::session& self) {
    visitor_of(self).has_ended = true;
    go_on(self);
}

void chat_server::on_drained(iocp::session& self) {
    if (visitor_of(self).in)
        visitor_of(self).in->go_on();
    go_on(self);
}

void chat_server::on_resumed(iocp::session& self) {
    go_on(self);
}

// However the session has ended: nobody is in a room without a connection. A server that has no
// memory left may not even have got as far as to make the visitor.
void chat_server::on_close(iocp::session& self, std::error_code why) {
    if (why == win32::make_error(WSAETIMEDOUT) && self.is_congested())
        slow_readers_.fetch_add(1, std::memory_order_relaxed);
    if (self.data)
        leave(self);
}

// False: the frame is none of the protocol.
bool chat_server::obey(iocp::session& self, std::string_view frame) {
    const std::optional<client_message> message = parse_client(frame);
    if (!message)
        return false;
    const visitor& who = visitor_of(self);
    if (const auto* wish = std::get_if<join>(&*message)) {
        if (!is_good_name(wish->room) || !is_good_name(wish->name))
            refuse(self, reason::bad_name);
        else
            enter(self, wish->room, wish->name);
    } else if (!who.in) {
        refuse(self, reason::in_no_room);
    } else if (const auto* words = std::get_if<say>(&*message)) {
        if (is_visible_text(words->text))
            who.in->say(who.name, words->text);
        else
            refuse(self, reason::bad_text);
    } else {
        leave(self);
        self.set_deadline(options_.join_timeout);
    }
    return true;
}

void chat_server::enter(iocp::session& self, std::string_view where, std::string_view name) {
    visitor& who = visitor_of(self);
    if (who.in) {
        refuse(self, reason::in_a_room);
        return;
    }
    std::string own_name{name};
    rooms::handle place = rooms_.hold(where);
    switch (place->enter(name, self.share())) {
    case room::entry::entered:
        break;
    case room::entry::name_taken:
        refuse(self, reason::name_taken);
        return;
    case room::entry::full:
        refuse(self, reason::room_full);
        return;
    }
    // Nothing from here on can fail: on_close() finds what has to be undone.
    who.in = std::move(place);
    who.name = std::move(own_name);
    self.set_deadline(std::chrono::milliseconds{0});
}

// The room goes with its last member.
void chat_server::leave(iocp::session& self) noexcept {
    visitor& who = visitor_of(self);
    if (!who.in)
        return;
    who.in->leave(who.name);
    who.in.reset();
}

void chat_server::refuse(iocp::session& self, reason why) {
    deliver(self, encode(refused{why, text_of(why)}));
}

// What comes from it after this is dropped by the session.
void chat_server::expel(iocp::session& self, reason why) {
    leave(self);
    refuse(self, why);
    self.close();
}

} // namespace chat
