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

// The queue has become too long just now.
void session::watch_for_stall() noexcept {
    if (around_.options.stall_timeout.count() == 0)
        return;
    last_taken_ = clock::now();
    around_.timers.set(*this, deadline(last_taken_));
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
    if (state_ == state::closing)
        return options.close_timeout.count() != 0 ? close_deadline_ : clock::time_point::max();
    clock::time_point next = own_deadline_;
    if (congested_ && options.stall_timeout.count() != 0)
        next = std::min(next, last_taken_ + options.stall_timeout);
    if (!has_received_ && options.first_bytes_timeout.count() != 0)
        next = std::min(next, opened_at_ + options.first_bytes_timeout);
    if (options.idle_timeout.count() != 0) {
        // It is not the client that is idle when it is we who keep it waiting.
        const bool our_turn =
            (paused_ || handler_thread_ != 0 || is_scheduled_ || operations_ != nullptr) &&
            queue_.empty();
        next = std::min(next, (our_turn ? now : last_activity_) + options.idle_timeout);
    }
    return next;
}

} // namespace iocp
