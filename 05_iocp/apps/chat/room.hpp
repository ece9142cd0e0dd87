/// \file
/// The rooms and who is in them.
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

/// What all the rooms of a server have in common.
struct room_limits {
    std::size_t most_members = 0;
    std::uint16_t longest_frame = 0; ///< for `welcome`
};

/// Queues `frame` for `to`. If there is no memory for it, the session is reset, for nothing may be
/// missing from its stream. Never waits, and never calls the handler. Any thread.
void deliver(iocp::session& to, std::string_view frame) noexcept;

/// A room. Each frame is built once; then, under the room's lock, it is queued for one member after
/// the other. So all members get all frames in one order, and a member has come, or has gone,
/// between two frames, not in the middle of one.
///
/// Sending to many under a lock is harmless here, since session::send() and session::abort() wait
/// for nothing: neither for the network, nor for any handler. They take the session's own lock, and
/// whoever holds that never asks for a room's: room first, then session, in this order only. What
/// a session has to tell its handler (that it has been reset, say) comes in a turn of its own, and
/// only then leave() is called. The price: who speaks in a room waits while another one's frame
/// goes to its members.
///
/// The room tells its members no more than the slowest of them takes. While one of them has more
/// than the high-water mark to be sent, the next frame of each other one waits here, and its
/// session is paused: so whoever speaks without pause is slowed down by TCP, and a listener's queue
/// grows by no more than one frame above the mark. When all queues are short again the frames go
/// out, first come, first served, one for each speaker: so one that floods delays another's words
/// by one of its own frames, not by all of them. Who enters waits in the same line. Only who leaves
/// does not: there is one such frame for each member at most. For how long a listener may hold up
/// the others, server_options::stall_timeout says.
///
/// A member whose session ends in the middle of all this is still a member until its own on_close()
/// takes it out. The room keeps it by a share, and to send to it does nothing.
///
/// Threads: all functions from any thread.
class room {
public:
    enum class entry { entered, name_taken, full };

    explicit room(const room_limits& limits) noexcept : limits_{limits} {}
    room(const room&) = delete;
    room& operator=(const room&) = delete;

    /// Lets `who` in as `name`: it is told who else is there, and they are told of it; both later,
    /// and `who` is paused until then, if a member does not keep up. To be called inside the
    /// handler, for its own session; likewise say(). Throws std::bad_alloc, and has done nothing
    /// then.
    entry enter(std::string_view name, std::shared_ptr<iocp::session> who);

    /// Tells all, the speaker too; later, and the speaker is paused until then, if a member does
    /// not keep up. Throws std::bad_alloc before anybody has been told. Precondition: the session
    /// of the member `name` is not paused.
    void say(std::string_view name, std::string_view text);

    /// A member's queue has become short: what has waited for that goes out.
    void go_on() noexcept;

    /// Takes the member `name` out; all are told, that one too. Its frame that waits is dropped.
    /// Cannot fail.
    void leave(std::string_view name) noexcept;

private:
    struct member {
        std::shared_ptr<iocp::session> session;
        std::string left;        // the frame that tells of its end, made while there was memory
        std::string waiting;     // the frame that is to go out next, if it is in waiting_
        bool is_present = false; // the others know of it
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

/// The rooms that there are: those that somebody holds.
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
    /// Holds a room: without holders it vanishes. Lifetime: `rooms` outlives it.
    using handle = std::unique_ptr<room, let_go>;

    explicit rooms(const room_limits& limits) noexcept : limits_{limits} {}
    rooms(const rooms&) = delete;
    rooms& operator=(const rooms&) = delete;

    /// The room of this name; a new one, if there is none. Throws std::bad_alloc.
    [[nodiscard]] handle hold(std::string_view name);

    [[nodiscard]] std::size_t count() const noexcept;

private:
    void release(room_map::iterator place) noexcept;

    const room_limits limits_;
    mutable win32::slim_lock lock_;
    room_map rooms_ GUARDED_BY(lock_);
};

} // namespace chat
