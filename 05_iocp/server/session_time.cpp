// A session's deadlines.
#include "session.hpp"

#include <algorithm>

namespace iocp {

void session::set_deadline(std::chrono::milliseconds time) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return;
    const clock::time_point now = clock::now();
    events_ &= ~overdue;
    own_deadline_ =
        time.count() != 0 ? now + std::min(time, longest_time) : clock::time_point::max();
    const clock::time_point next = deadline(now);
    if (next != clock::time_point::max())
        around_.timers.set(*this, next);
}

// The queue is too long, and a send has begun just now, or will.
void session::watch_for_stall() noexcept {
    if (around_.options.stall_timeout.count() == 0)
        return;
    last_taken_ = clock::now();
    const clock::time_point next = deadline(last_taken_);
    if (next != clock::time_point::max())
        around_.timers.set(*this, next);
}

//! [on-timer]
void session::on_timer(clock::time_point now) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ == state::ended)
        return;
    if (state_ == state::cut) {
        cancel(); // it has failed before
        return;
    }
    if (state_ == state::open && own_deadline_ <= now) {
        own_deadline_ = clock::time_point::max();
        events_ |= overdue; // what follows is the handler's
        schedule_if_needed();
    }
    const clock::time_point next = deadline(now);
    if (next == clock::time_point::max())
        return;
    if (next > now) { // something has gone over the connection since the deadline was set
        around_.timers.set(*this, next);
        return;
    }
    counters::add(around_.figures.timed_out);
    cut(WSAETIMEDOUT);
    schedule_if_needed();
}
//! [on-timer]

clock::time_point session::deadline(clock::time_point now) const noexcept {
    const server_options& options = around_.options;
    if (state_ == state::closing) {
        const bool never = draining_ || options.close_timeout.count() == 0;
        return never ? clock::time_point::max() : close_deadline_ + time_to_take_pending();
    }
    clock::time_point next = own_deadline_;
    if (congested_ && sending_ != 0 && options.stall_timeout.count() != 0)
        next = std::min(next, last_taken_ + options.stall_timeout);
    if (!has_received_ && options.first_bytes_timeout.count() != 0)
        next = std::min(next, opened_at_ + options.first_bytes_timeout);
    if (options.idle_timeout.count() != 0) {
        // It is not the client that is idle when it is we who keep it waiting.
        const bool our_turn =
            (paused_ || handler_thread_ != 0 || is_scheduled_ || operations_ != nullptr) &&
            sending_ == 0;
        const clock::time_point since = our_turn ? now : std::max(last_activity_, taken_by_);
        next = std::min(next, since + options.idle_timeout + time_to_take_pending());
    }
    return next;
}

//! [note-taken]
// The system has taken so much, and from now on we see nothing of it. So we allow the client the
// time that a quick enough one needs, up to that for as much as a system keeps for a connection.
void session::note_taken(std::size_t bytes) noexcept {
    constexpr std::size_t most_in_the_system = 4 * 1024 * 1024;
    last_activity_ = last_taken_ = clock::now();
    taken_by_ = std::min(std::max(taken_by_, last_activity_) + time_to_take(bytes),
                         last_activity_ + time_to_take(most_in_the_system));
    close_deadline_ = taken_by_ + around_.options.close_timeout; // if it is being closed
}

// A send is done when all of it has gone to the system, and that may keep as much again until the
// client has made room for a segment: of 64 KiB on this machine's own addresses.
clock::duration session::time_to_take_pending() const noexcept {
    constexpr std::size_t largest_segment = 64 * 1024;
    return sending_ == 0 ? clock::duration::zero() : time_to_take(sending_ + largest_segment);
}

clock::duration session::time_to_take(std::size_t bytes) const noexcept {
    const std::size_t rate = around_.options.min_send_rate;
    return rate == 0 ? clock::duration::zero() : std::chrono::milliseconds{bytes * 1000 / rate};
}
//! [note-taken]

} // namespace iocp
