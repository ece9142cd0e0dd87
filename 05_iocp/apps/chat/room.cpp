#include "apps/chat/room.hpp"

#include "apps/chat/protocol.hpp"

#include <mutex>
#include <utility>

namespace chat {

void deliver(iocp::session& to, std::string_view frame, const room_settings& settings) noexcept {
    // Full is the member's queue, or the memory. Either way it would miss a frame, which no member
    // may: so it goes.
    if (to.send(frame) != iocp::send_result::full)
        return;
    settings.slow_readers->fetch_add(1, std::memory_order_relaxed);
    to.abort();
}

room::entry room::enter(std::string_view name, std::shared_ptr<iocp::session> who) {
    const std::lock_guard lock{lock_};
    if (members_.contains(name))
        return entry::name_taken;
    if (members_.size() >= settings_.most_members)
        return entry::full;

    welcome others{settings_.longest_frame, {}};
    others.others.reserve(members_.size());
    for (const auto& each : members_)
        others.others.push_back(each.first);
    const std::string for_the_new_one = encode(others);
    const std::string for_the_others = encode(joined{name});
    iocp::session& newcomer = *who;
    std::string key{name};
    member value{std::move(who), encode(left{name})};

    // Nobody else sends while the lock is held, so this is the first that it gets of the room.
    const auto place = members_.emplace(std::move(key), std::move(value)).first;
    for (const auto& each : members_)
        if (each.first != place->first)
            deliver(*each.second.session, for_the_others, settings_);
    deliver(newcomer, for_the_new_one, settings_);
    return entry::entered;
}

void room::say(std::string_view name, std::string_view text) {
    const std::string frame = encode(said{name, text});
    const std::lock_guard lock{lock_};
    tell_all(frame);
}

void room::leave(std::string_view name) noexcept {
    const std::lock_guard lock{lock_};
    const auto place = members_.find(name);
    tell_all(place->second.left);
    members_.erase(place);
}

void room::tell_all(std::string_view frame) noexcept {
    for (const auto& each : members_)
        deliver(*each.second.session, frame, settings_);
}

rooms::handle rooms::hold(std::string_view name) {
    const std::lock_guard lock{lock_};
    const auto place = rooms_.try_emplace(std::string{name}, settings_).first;
    ++place->second.holders;
    return handle{&place->second.the_room, let_go{this, place}};
}

void rooms::release(room_map::iterator place) noexcept {
    const std::lock_guard lock{lock_};
    if (--place->second.holders == 0)
        rooms_.erase(place);
}

std::size_t rooms::count() const noexcept {
    const std::lock_guard lock{lock_};
    return rooms_.size();
}

} // namespace chat
