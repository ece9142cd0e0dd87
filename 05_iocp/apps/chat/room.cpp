#include "room.hpp"

#include "apps/chat/wire/protocol.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace chat {

void deliver(iocp::session& to, std::string_view frame) noexcept {
    if (to.send(frame) == iocp::send_result::full)
        to.abort();
}

room::entry room::enter(std::string_view name, std::shared_ptr<iocp::session> who) {
    const win32::scoped_lock lock{lock_};
    if (members_.contains(name))
        return entry::name_taken;
    if (members_.size() >= limits_.most_members)
        return entry::full;

    waiting_.reserve(members_.size() + 1); // so that wait() needs no memory
    std::string frame = encode(joined{name});
    member value{std::move(who), encode(left{name}), {}};
    const auto place = members_.emplace(name, std::move(value)).first;
    if (must_wait())
        wait(place, std::move(frame));
    else
        present(place, frame);
    return entry::entered;
}

void room::say(std::string_view name, std::string_view text) {
    std::string frame = encode(said{name, text});
    const win32::scoped_lock lock{lock_};
    if (must_wait())
        wait(members_.find(name), std::move(frame));
    else
        tell_all(frame);
}

void room::go_on() noexcept {
    const win32::scoped_lock lock{lock_};
    tell_what_waits();
}

void room::leave(std::string_view name) noexcept {
    const win32::scoped_lock lock{lock_};
    const auto place = members_.find(name);
    if (place->second.is_present)
        tell_all(place->second.left);
    std::erase(waiting_, place);
    members_.erase(place);
    tell_what_waits(); // this member may have been the one that did not keep up
}

bool room::all_keep_up() const noexcept {
    return std::none_of(members_.begin(), members_.end(), [](const auto& each) {
        return each.second.is_present && each.second.session->is_congested();
    });
}

//! [room-waits]
// A speaker that comes while others wait goes to the end of the line.
bool room::must_wait() const noexcept {
    return !waiting_.empty() || !all_keep_up();
}

// At most one on_receive() follows the pause, and it leaves its frames unread until resume().
void room::wait(member_map::iterator who, std::string frame) noexcept {
    who->second.waiting = std::move(frame);
    who->second.session->pause();
    waiting_.push_back(who);
}

// A session that was congested under the room's lock later gets on_drained() or on_close(), and
// either calls this. So no speaker is left waiting.
void room::tell_what_waits() noexcept {
    while (!waiting_.empty() && all_keep_up()) {
        const auto who = waiting_.front();
        waiting_.erase(waiting_.begin());
        const std::string frame = std::exchange(who->second.waiting, {});
        if (who->second.is_present)
            tell_all(frame);
        else
            present(who, frame);
        who->second.session->resume();
    }
}
//! [room-waits]

// Makes the greeting the first frame that the newcomer gets: no other is sent while the lock is
// held.
void room::present(member_map::iterator who, std::string_view frame) noexcept {
    iocp::session& newcomer = *who->second.session;
    std::string greeting;
    try {
        welcome others{limits_.longest_frame, {}};
        others.others.reserve(members_.size());
        for (const auto& each : members_)
            if (each.second.is_present)
                others.others.push_back(each.first);
        greeting = encode(others);
    } catch (const std::bad_alloc&) {
        newcomer.abort();
        return;
    }
    tell_all(frame);
    who->second.is_present = true;
    deliver(newcomer, greeting);
}

void room::tell_all(std::string_view frame) noexcept {
    for (const auto& each : members_)
        if (each.second.is_present)
            deliver(*each.second.session, frame);
}

rooms::handle rooms::hold(std::string_view name) {
    const win32::scoped_lock lock{lock_};
    const auto place = rooms_.try_emplace(std::string{name}, limits_).first;
    ++place->second.holders;
    return handle{&place->second.the_room, let_go{this, place}};
}

void rooms::release(room_map::iterator place) noexcept {
    const win32::scoped_lock lock{lock_};
    if (--place->second.holders == 0)
        rooms_.erase(place);
}

std::size_t rooms::count() const noexcept {
    const win32::scoped_lock lock{lock_};
    return rooms_.size();
}

} // namespace chat
