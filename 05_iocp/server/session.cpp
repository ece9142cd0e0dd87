// What a session is told, and what it tells the handler. Its calls of Winsock are in
// session_io.cpp, the handler's own operations in session_operation.cpp.
#include "session.hpp"

#include "win32/error.hpp"

#include <algorithm>
#include <utility>

namespace iocp {

void handler::on_end(session& self) {
    self.close();
}

void handler::on_deadline(session& self) {
    self.abort(WSAETIMEDOUT);
}

session::session(key, const session_surroundings& around, session_owner& owner,
                 win32::unique_socket socket, bool skips_packets,
                 const SOCKADDR_INET& peer) noexcept
    : around_{around},
      owner_{owner},
      peer_{peer},
      socket_{std::move(socket)},
      queue_{around.send_buffers},
      skips_packets_{skips_packets},
      opened_at_{clock::now()},
      last_activity_{opened_at_} {}

// ---- From outside ----

//! [send]
send_result session::send(std::span<const std::byte> bytes) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (bytes.size() > around_.options.queue_limit - queue_.size() || !queue_.append(bytes))
        return send_result::full;
    queued_more(bytes.size());
    return send_result::queued;
}
//! [send]

send_result session::send(buffer_pool::handle whole, std::size_t count) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (count > around_.options.queue_limit - queue_.size())
        return send_result::full;
    queue_.append(std::move(whole), count);
    queued_more(count);
    return send_result::queued;
}

//! [queued-more]
void session::queued_more(std::size_t count) noexcept {
    counters::add(around_.figures.queued_bytes, count);
    if (!congested_ && queue_.size() > around_.options.high_water_mark)
        raise_congested();
    if (handler_thread_ == ::GetCurrentThreadId())
        return; // turn() sends it, with what the handler sends besides
    start_send();
    schedule_if_needed();
}
//! [queued-more]

std::size_t session::queued() const noexcept {
    const std::lock_guard lock{lock_};
    return queue_.size();
}

bool session::is_congested() const noexcept {
    const std::lock_guard lock{lock_};
    return congested_;
}

void session::pause() noexcept {
    const std::lock_guard lock{lock_};
    paused_ = true;
}

bool session::is_paused() const noexcept {
    const std::lock_guard lock{lock_};
    return paused_;
}

void session::resume() noexcept {
    const std::lock_guard lock{lock_};
    if (std::exchange(paused_, false))
        events_ |= resumed;
    last_activity_ = clock::now();
    schedule_if_needed();
}

void session::close() noexcept {
    const std::lock_guard lock{lock_};
    begin_close();
}

void session::drain() noexcept {
    const std::lock_guard lock{lock_};
    draining_ = true;
    begin_close();
}

void session::begin_close() noexcept {
    if (state_ != state::open)
        return;
    state_ = state::closing;
    const auto limit = around_.options.close_timeout;
    if (limit.count() != 0) {
        close_deadline_ = std::max(clock::now(), taken_by_) + limit;
        around_.timers.set(*this, close_deadline_);
    }
    schedule_if_needed();
}

void session::abort(DWORD why) noexcept {
    const std::lock_guard lock{lock_};
    cut(why);
    schedule_if_needed();
}

void session::start() noexcept {
    lock_type lock{lock_};
    if (state_ == state::ended) // stop() was quicker
        return;
    const clock::time_point first = deadline(opened_at_);
    if (first != clock::time_point::max())
        around_.timers.set(*this, first);
    turn(lock);
}

// ---- Turns ----

//! [turn]
// Whatever happens to a session ends here, on a thread of the pool. One thread at a time is inside;
// another one that comes meanwhile leaves what it brings in the session's state, and the one inside
// looks at the state again, under the lock, before it leaves. So the handler is never called by two
// threads at once, and no thread waits for another's handler. Nor does what is queued: sending goes
// on however long the handler takes.
void session::turn(lock_type& lock, next_receive when) noexcept {
    start_send();
    if (handler_thread_ != 0)
        return;
    handler_thread_ = ::GetCurrentThreadId();
    tell_handler(lock);
    handler_thread_ = 0;
    if (state_ == state::cut)
        cancel(); // also those that the handler has only begun meanwhile

    end_sending();
    if (when == next_receive::now || !receive_after_others())
        start_receive();
    if (is_over())
        finish(lock);
    else
        schedule_if_needed();
}
//! [turn]

// Each event once: a handler that sends whenever on_drained() asks for more, and a client that
// takes it all at once, would not leave the thread to anybody else. What is left is for the next
// turn.
void session::tell_handler(lock_type& lock) noexcept {
    for (unsigned told = 0;;) {
        start_send();
        // Nothing but its operations is of interest to a session that is being closed.
        if (state_ != state::open)
            events_ &= opened;
        const unsigned now = events_ & ~told;
        if (now == 0 && ended_operations_.empty())
            return;
        const event next = now != 0 ? first_of(now) : operation_ended;
        events_ &= ~next;
        told |= next;
        try {
            tell(next, lock);
        } catch (...) {
            if (!lock.owns_lock())
                lock.lock();
            counters::add(around_.figures.handler_faults);
            cut(ERROR_INTERNAL_ERROR);
        }
    }
}

session::event session::first_of(unsigned events) noexcept {
    for (const event each : {opened, resumed, received, ended, congested, drained})
        if ((events & each) != 0)
            return each;
    return overdue; // the last: what comes before may have been in time
}

void session::tell(event what, lock_type& lock) {
    handler& user = around_.user;
    if (what == operation_ended) {
        tell_operation(lock);
        return;
    }
    // They stay where they are while the lock is open: only turn() starts the next receive.
    std::span<const std::byte> bytes;
    if (what == received)
        bytes = (large_ ? large_->bytes() : std::span{small_}).first(received_);
    lock.unlock();
    switch (what) {
    case opened:
        user.on_open(*this);
        break;
    case received:
        user.on_receive(*this, bytes);
        break;
    case ended:
        user.on_end(*this);
        break;
    case congested:
        user.on_congested(*this);
        break;
    case resumed:
        user.on_resumed(*this);
        break;
    case drained:
        user.on_drained(*this);
        break;
    default:
        counters::add(around_.figures.timed_out);
        user.on_deadline(*this);
        break;
    }
    lock.lock();
}

// The handler hears of the two in turns. If the queue is long again before the handler has heard
// that it was short, nothing has changed as far as it knows.
void session::raise_congested() noexcept {
    congested_ = true;
    watch_for_stall();
    if ((events_ & drained) != 0)
        events_ &= ~drained;
    else
        events_ |= congested;
}

// A thread that is not in turn() has changed something. The handler, the next receive and the end
// are for a thread of the pool, and not for this one, which may hold locks of the user's.
void session::schedule_if_needed() noexcept {
    if (handler_thread_ != 0 || is_scheduled_)
        return;
    if (events_ != 0 || !ended_operations_.empty() || wants_to_receive() || is_over() ||
        (state_ == state::closing && sending_ == 0 && !end_sent_)) {
        is_scheduled_ = true;
        around_.workers.schedule(scheduled_);
    }
}

void session::on_scheduled(operation& what, DWORD) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    lock_type lock{self.lock_};
    self.is_scheduled_ = false;
    self.turn(lock);
}

// ---- The end ----

//! [finish]
bool session::is_over() const noexcept {
    if (receiving_ || sending_ != 0 || is_scheduled_ || operations_ != nullptr)
        return false;
    return state_ == state::cut || (state_ == state::closing && end_sent_ && peer_ended_);
}

// Cancelled, if need be, and collected: what is left is to tell, to close and to free. The last
// line may destroy the session.
void session::finish(lock_type& lock) noexcept {
    handler_thread_ = ::GetCurrentThreadId(); // nobody begins another turn
    state_ = state::cut;                      // nor breaks off what has ended in good order
    const std::error_code why = why_ == ERROR_SUCCESS ? std::error_code{} : win32::make_error(why_);
    lock.unlock();
    try {
        around_.user.on_close(*this, why);
    } catch (...) {
        counters::add(around_.figures.handler_faults);
    }
    data.reset();

    lock.lock();
    state_ = state::ended;
    win32::unique_socket socket = std::move(socket_);
    counters::subtract(around_.figures.queued_bytes, queue_.size());
    queue_.clear();
    large_.reset();
    lock.unlock();
    around_.timers.cancel(*this); // it cannot be set any more
    socket.reset();
    owner_.forget(*this);
}
//! [finish]

} // namespace iocp
