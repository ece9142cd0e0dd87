// A session's deadlines.
#include "session.hpp"

#include <algorithm>
#include <mutex>

namespace iocp {

// A time of 0 is never over.
clock::time_point session::time_after(clock::time_point begin,
                                      std::chrono::milliseconds time) noexcept {
    return time.count() == 0 ? clock::time_point::max() : begin + time;
}

void session::wake_at(clock::time_point deadline) noexcept {
    if (deadline != clock::time_point::max())
        context_.timers.set(*this, deadline);
}

void session::set_deadline(std::chrono::milliseconds time) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return;
    const clock::time_point now = clock::now();
    is_overdue_ = false;
    own_deadline_ = time_after(now, std::min(time, longest_time));
    wake_at(deadline(now));
}

// The queue is too long, and a send has begun just now, or will.
void session::watch_for_stall() noexcept {
    if (context_.options.stall_timeout.count() == 0)
        return;
    last_taken_ = clock::now();
    wake_at(deadline(last_taken_));
}

//! [on-timer]
void session::on_timer(server_key, clock::time_point now) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ == state::ended)
        return;
    if (state_ == state::cut) {
        cancel(); // it has failed before
        return;
    }
    if (state_ == state::open && own_deadline_ <= now) {
        own_deadline_ = clock::time_point::max();
        is_overdue_ = true; // what follows is the handler's
        schedule_if_needed();
    }
    const clock::time_point next = deadline(now);
    if (next > now) { // something has gone over the connection since the deadline was set
        wake_at(next);
        return;
    }
    counters::add(context_.figures.timed_out);
    cut(WSAETIMEDOUT);
    schedule_if_needed();
}
//! [on-timer]

clock::time_point session::deadline(clock::time_point now) const noexcept {
    const server_options& options = context_.options;
    if (is_closing())
        return time_after(taken_by_ + time_to_take_pending(), close_timeout_);
    clock::time_point next = std::min(own_deadline_, first_bytes_deadline_);
    if (is_too_long() && send_.in_flight)
        next = std::min(next, time_after(last_taken_, options.stall_timeout));
    // It is not the client that is idle when it is we who keep it waiting.
    const bool is_our_turn = (reading_ == reading::paused || handler_thread_ != 0 ||
                              scheduled_.in_flight || operations_ != nullptr) &&
                             !send_.in_flight;
    const clock::time_point since = is_our_turn ? now : std::max(last_activity_, taken_by_);
    return std::min(next, time_after(since + time_to_take_pending(), options.idle_timeout));
}

//! [note-taken]
// The system has taken so much, and from now on we see nothing of it. So we allow the client the
// time that a quick enough one needs, up to that for as much as a system keeps for a connection.
void session::note_taken(std::size_t bytes) noexcept {
    constexpr std::size_t most_in_the_system = 4 * 1024 * 1024;
    last_activity_ = last_taken_ = clock::now();
    taken_by_ = std::min(std::max(taken_by_, last_activity_) + time_to_take(bytes),
                         last_activity_ + time_to_take(most_in_the_system));
}

// A send is done when all of it has gone to the system, and that may keep as much again until the
// client has made room for a segment: of 64 KiB on this machine's own addresses.
clock::duration session::time_to_take_pending() const noexcept {
    constexpr std::size_t largest_segment = 64 * 1024;
    return send_.in_flight ? time_to_take(sending_ + largest_segment) : clock::duration::zero();
}

clock::duration session::time_to_take(std::size_t bytes) const noexcept {
    const std::size_t rate = context_.options.min_send_rate;
    return rate == 0 ? clock::duration::zero() : std::chrono::milliseconds{bytes * 1000 / rate};
}
//! [note-taken]

} // namespace iocp
