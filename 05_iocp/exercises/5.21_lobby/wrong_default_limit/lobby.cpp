#include "server/server.hpp"

#include "program/program.hpp"
#include "win32/slim_lock.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

// Queues `line`, and never waits. A line that finds no room cannot be left out, since nobody would
// see the gap: the player reads too slowly, and is cut off.
void deliver(iocp::session& to, std::string_view line) noexcept {
    if (to.send(line) == iocp::send_result::full)
        to.abort();
}

// The players in their rooms. Each line is queued for one member after the other under the lock, so
// all hear the lines of a room in one order. Nobody waits long for the lock: session::send() and
// session::abort() wait neither for the network nor for a handler.
//
// Threads: all functions from any thread.
class rooms {
    struct member {
        std::shared_ptr<iocp::session> session;
        std::string departure; // the line that tells of it, made while there is memory
    };
    using members = std::map<std::string, member>;
    using room_map = std::map<std::string, members>;

public:
    // A member's place. It stays valid until leave().
    struct place {
        room_map::iterator room;
        members::iterator member;
    };

    // Lets `who` in, says `OK` to it, and tells the others. Returns nothing if the name is taken.
    // Throws std::bad_alloc, and has done nothing then.
    [[nodiscard]] std::optional<place> enter(std::string room, const std::string& name,
                                             std::shared_ptr<iocp::session> who) {
        const std::string arrival = '+' + name + '\n';
        members newcomer;
        newcomer.try_emplace(name, member{std::move(who), '-' + name + '\n'});
        const win32::scoped_lock lock{lock_};
        const auto in = rooms_.try_emplace(std::move(room)).first;
        const auto entered = in->second.insert(newcomer.extract(newcomer.begin()));
        if (!entered.inserted)
            return std::nullopt;
        deliver(*entered.position->second.session, "OK\n");
        for (const auto& each : in->second)
            if (&each != &*entered.position)
                deliver(*each.second.session, arrival);
        return place{in, entered.position};
    }

    // Takes the member out, and tells the others. A room vanishes with its last member.
    void leave(place who) noexcept {
        const win32::scoped_lock lock{lock_};
        const auto gone = who.room->second.extract(who.member);
        tell(who.room->second, gone.mapped().departure);
        if (who.room->second.empty())
            rooms_.erase(who.room);
    }

    // Tells all in the room, the speaker too. Throws std::bad_alloc, and has told nobody then.
    void say(place who, std::string_view text) {
        const std::string line = who.member->first + ": " + std::string{text} + '\n';
        const win32::scoped_lock lock{lock_};
        tell(who.room->second, line);
    }

private:
    static void tell(const members& all, std::string_view line) noexcept {
        for (const auto& each : all)
            deliver(*each.second.session, line);
    }

    win32::slim_lock lock_;
    room_map rooms_ GUARDED_BY(lock_);
};

// The data of one connection. Only the handler's functions for its session use it.
struct player : iocp::session_data {
    std::string begun;              // the line whose end has not come yet
    std::optional<rooms::place> in; // nothing: the player is in no room
};

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 16 &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
           });
}

class lobby : public iocp::handler {
    static constexpr std::size_t longest_line = 4096; // with its end

    void on_open(iocp::session& self) override { self.data = std::make_unique<player>(); }

    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override {
        std::string& begun = player_of(self).begun;
        std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            const bool is_too_long = begun.size() + end >= longest_line;
            if (!is_too_long)
                begun += text.substr(0, end);
            if (!is_too_long && end == text.size())
                return; // the rest of the line is still to come
            if (is_too_long || !obey(self, std::exchange(begun, {}))) {
                send_away(self);
                return;
            }
            text.remove_prefix(end + 1);
        }
    }

    // Tells the others at once: on_close() comes only when everything has been sent.
    void on_end(iocp::session& self) override {
        leave(self);
        self.close();
    }

    // However the session has ended. There is no player if there was no memory to make one.
    void on_close(iocp::session& self, std::error_code) override {
        if (self.data)
            leave(self);
    }

    // Returns false if the line is none of the protocol.
    [[nodiscard]] bool obey(iocp::session& self, std::string_view line) {
        const player& who = player_of(self);
        if (line.starts_with("JOIN ")) {
            const std::string_view words = line.substr(5);
            const std::size_t blank = words.find(' ');
            if (blank == std::string_view::npos || !is_name(words.substr(0, blank)) ||
                !is_name(words.substr(blank + 1)))
                return false;
            join(self, std::string{words.substr(0, blank)}, std::string{words.substr(blank + 1)});
        } else if (line.starts_with("SAY ")) {
            if (who.in)
                rooms_.say(*who.in, line.substr(4));
            else
                deliver(self, "ERROR nowhere\n");
        } else if (line == "LEAVE") {
            const bool was_in = who.in.has_value();
            leave(self); // first: behind the `OK` no line of the room comes
            deliver(self, was_in ? "OK\n" : "ERROR nowhere\n");
        } else {
            return false;
        }
        return true;
    }

    void join(iocp::session& self, std::string room, const std::string& name) {
        player& who = player_of(self);
        if (who.in) {
            deliver(self, "ERROR already\n");
            return;
        }
        who.in = rooms_.enter(std::move(room), name, self.share());
        if (!who.in)
            deliver(self, "ERROR taken\n");
    }

    void leave(iocp::session& self) noexcept {
        if (const auto in = std::exchange(player_of(self).in, std::nullopt))
            rooms_.leave(*in);
    }

    // The session sends what is queued, and drops what the player goes on sending.
    void send_away(iocp::session& self) {
        leave(self);
        deliver(self, "ERROR line\n");
        self.close();
    }

    static player& player_of(iocp::session& self) noexcept {
        return static_cast<player&>(*self.data);
    }

    rooms rooms_;
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"A lobby over TCP, with rooms in which players talk."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        lobby players;
        iocp::server server{players, options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
