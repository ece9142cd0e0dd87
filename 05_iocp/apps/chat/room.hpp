/// \file
/// The rooms and their members.
#pragma once

#include "server/session.hpp"
#include "win32/slim_lock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

/// The limits that all rooms of a server share.
struct room_limits {
    std::size_t most_members = 0;
    std::uint16_t longest_frame = 0; ///< The longest frame of a client, which `welcome` tells.
};

/// Queues `frame` for `to`. If there is no memory for it, resets the session, since no frame may be
/// missing from its stream. Never waits, and never calls the handler. Any thread.
void deliver(iocp::session& to, std::string_view frame) noexcept;

/// A room. Each frame is built once, and queued for one member after the other under the room's
/// lock. So all members get all frames in one order, and a member comes or goes between two frames.
///
/// Sending to many under a lock is harmless here. session::send() and session::abort() wait for
/// nothing, neither for the network nor for a handler. They take the session's own lock, and a
/// thread that holds a session's lock never asks for a room's: the order is always room, then
/// session. A session tells its handler of its end in a turn of its own, and only then is leave()
/// called. The price is that a speaker waits while another one's frame is queued for the members.
///
/// The room sends no faster than its slowest member takes. While the queue of any member is above
/// the high-water mark, the next frame of each speaker waits here, and the speaker's session is
/// paused. So TCP slows the speaker down, and no queue grows by more than one frame above the mark.
/// When all queues are short again, the frames go out, first come, first served. Each speaker has
/// one frame in the line, so a flood delays another speaker by one frame only. A newcomer waits in
/// the same line. A member that leaves does not: there is at most one such frame for each member.
/// server_options::stall_timeout limits the time for which a listener may hold up the others.
///
/// A member whose session has ended stays a member until its on_close() takes it out. The room
/// keeps the session by a share, and sending to it does nothing.
///
/// Threads: all functions from any thread.
class room {
public:
    enum class entry { entered, name_taken, full };

    explicit room(const room_limits& limits) noexcept : limits_{limits} {}
    room(const room&) = delete;
    room& operator=(const room&) = delete;

    /// Lets `who` in as `name`. It gets the names of the others, and they get its name. If a member
    /// does not keep up, both happen later, and `who` is paused until then. Call enter() and say()
    /// inside the handler, for its own session. Throws std::bad_alloc, and has done nothing then.
    entry enter(std::string_view name, std::shared_ptr<iocp::session> who);

    /// Sends `text` of the member `name` to all, the speaker included. If a member does not keep
    /// up, that happens later, and the speaker is paused until then. Throws std::bad_alloc, and has
    /// sent nothing then. Precondition: the session of `name` is not paused.
    void say(std::string_view name, std::string_view text);

    /// Sends the frames that wait, if all members keep up. Call it when a member's queue is short
    /// again.
    void go_on() noexcept;

    /// Takes the member `name` out, and tells all, that member included. Drops its frame that
    /// waits. Cannot fail.
    void leave(std::string_view name) noexcept;

private:
    struct member {
        std::shared_ptr<iocp::session> session;
        std::string left;        // its `left` frame, made while there was memory
        std::string waiting;     // its frame that waits, if it is in waiting_
        bool is_present = false; // whether the others know of it
    };
    using member_map = std::map<std::string, member, std::less<>>;

    [[nodiscard]] bool all_keep_up() const noexcept REQUIRES(lock_);
    [[nodiscard]] bool must_wait() const noexcept REQUIRES(lock_);
    void wait(member_map::iterator who, std::string frame) noexcept REQUIRES(lock_);
    void present(member_map::iterator who, std::string_view frame) noexcept REQUIRES(lock_);
    void tell_all(std::string_view frame) noexcept REQUIRES(lock_);
    void tell_what_waits() noexcept REQUIRES(lock_);

    const room_limits limits_;
    win32::slim_lock lock_;
    member_map members_ GUARDED_BY(lock_);
    std::vector<member_map::iterator> waiting_ GUARDED_BY(lock_); // the first has waited longest
};

/// The rooms of a server: those that have a handle.
///
/// Threads: all functions from any thread. Its lock is never held together with a room's.
class rooms {
    struct counted_room {
        explicit counted_room(const room_limits& limits) noexcept : the_room{limits} {}
        room the_room;
        std::size_t holders = 0;
    };
    using room_map = std::map<std::string, counted_room, std::less<>>;

    struct let_go {
        rooms* of = nullptr;
        room_map::iterator place;
        void operator()(room*) const noexcept { of->release(place); }
    };

public:
    /// Keeps a room alive: it vanishes with its last handle. Lifetime: `rooms` outlives it.
    using handle = std::unique_ptr<room, let_go>;

    explicit rooms(const room_limits& limits) noexcept : limits_{limits} {}
    rooms(const rooms&) = delete;
    rooms& operator=(const rooms&) = delete;

    /// Returns the room of this name, a new one if there is none. Throws std::bad_alloc.
    [[nodiscard]] handle hold(std::string_view name);

    [[nodiscard]] std::size_t count() const noexcept;

private:
    void release(room_map::iterator place) noexcept;

    const room_limits limits_;
    mutable win32::slim_lock lock_;
    room_map rooms_ GUARDED_BY(lock_);
};

} // namespace chat
