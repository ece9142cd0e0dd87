// What a session is told, and what it tells the handler. Its calls of Winsock are in
// session_io.cpp, the handler's own operations in session_operation.cpp.
#include "session.hpp"

#include "win32/error.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace iocp {

void handler::on_end(session& self) {
    self.close();
}

void handler::on_deadline(session& self) {
    self.abort(WSAETIMEDOUT);
}

// The first turn begins here, and is that of the thread that calls open(): so nobody else calls the
// handler before on_open().
session::session(server_key, const session_context& context, win32::unique_socket socket,
                 bool skips_packets, const SOCKADDR_INET& peer) noexcept
    : context_{context},
      peer_{peer},
      skips_packets_{skips_packets},
      socket_{std::move(socket)},
      queue_{context.send_buffers},
      handler_thread_{::GetCurrentThreadId()},
      no_delay_{context.options.no_delay ? no_delay::nothing_sent : no_delay::settled},
      last_activity_{clock::now()},
      first_bytes_deadline_{time_after(last_activity_, context.options.first_bytes_timeout)},
      close_timeout_{context.options.close_timeout} {}

// ---- From outside ----

//! [send]
send_result session::send(std::span<const std::byte> bytes) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (bytes.size() > context_.options.queue_limit - queue_.size() || !queue_.append(bytes))
        return send_result::full;
    queued_more(bytes.size());
    return send_result::queued;
}
//! [send]

send_result session::send(buffer_pool::handle whole, std::size_t count) noexcept {
    const std::lock_guard lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (count > context_.options.queue_limit - queue_.size())
        return send_result::full;
    queue_.append(std::move(whole), count);
    queued_more(count);
    return send_result::queued;
}

//! [queued-more]
void session::queued_more(std::size_t count) noexcept {
    counters::add(context_.figures.queued_bytes, count);
    if (!is_too_long() && queue_.size() > context_.options.high_water_mark) {
        congestion_ = congestion_ == congestion::falling ? congestion::known : congestion::rising;
        watch_for_stall();
    }
    if (handler_thread_ == ::GetCurrentThreadId())
        return; // call_handler() sends it, with what the handler sends besides
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
    return is_too_long();
}

void session::pause() noexcept {
    const std::lock_guard lock{lock_};
    reading_ = reading::paused;
}

bool session::is_paused() const noexcept {
    const std::lock_guard lock{lock_};
    return reading_ == reading::paused;
}

void session::resume() noexcept {
    const std::lock_guard lock{lock_};
    if (reading_ == reading::paused)
        reading_ = reading::resumed;
    last_activity_ = clock::now();
    schedule_if_needed();
}

void session::close() noexcept {
    const std::lock_guard lock{lock_};
    begin_close();
}

void session::drain(server_key) noexcept {
    const std::lock_guard lock{lock_};
    close_timeout_ = std::chrono::milliseconds{0};
    begin_close();
}

void session::begin_close() noexcept {
    if (state_ != state::open)
        return;
    state_ = state::closing;
    const clock::time_point now = clock::now();
    taken_by_ = std::max(taken_by_, now); // close_timeout begins now at the earliest
    wake_at(deadline(now));
    schedule_if_needed();
}

void session::abort(DWORD why) noexcept {
    const std::lock_guard lock{lock_};
    cut(why);
    schedule_if_needed();
}

// The lock is open during the call.
template <class Call>
void session::call_handler(Call call) noexcept {
    try {
        const win32::scoped_unlock opened{lock_};
        call();
    } catch (...) {
        counters::add(context_.figures.handler_faults);
        cut(ERROR_INTERNAL_ERROR);
    }
    start_send();
}

void session::open(server_key) noexcept {
    lock_.lock();
    wake_at(deadline(last_activity_));
    call_handler([this] { context_.user.on_open(*this); });
    handler_thread_ = 0;
    turn();
}

// ---- Turns ----

//! [turn]
// Whatever happens to a session ends here, on a thread of the pool. One thread at a time is inside;
// another one that comes meanwhile leaves what it brings in the session's state, and the one inside
// looks at the state again, under the lock, before it leaves. So the handler is never called by two
// threads at once, and no thread waits for another's handler.
void session::turn(next_receive when) noexcept {
    if (handler_thread_ != 0) {
        lock_.unlock();
        return;
    }
    handler_thread_ = ::GetCurrentThreadId();
    tell_handler();
    handler_thread_ = 0;
    if (state_ == state::cut)
        cancel(); // also those that the handler has only begun meanwhile

    end_sending();
    if (when == next_receive::now || !receive_after_others())
        start_receive();
    if (is_over()) {
        finish();
        return;
    }
    schedule_if_needed();
    lock_.unlock();
}
//! [turn]

// Each event once: a handler that sends whenever on_drained() asks for more, and a client that
// takes it all at once, would not leave the thread to anybody else. What is left is for the next
// turn.
void session::tell_handler() noexcept {
    unsigned told = 0;
    while (const event next = next_event(told)) {
        told |= next;
        tell(next);
    }
}

// The first that is due, and is not among `told`. Nothing but its operations is of interest to a
// session that is being closed.
session::event session::next_event(unsigned told) const noexcept {
    const auto is_due = [told](event what, bool has_come) {
        return has_come && (told & what) == 0;
    };
    if (state_ == state::open) {
        if (is_due(resumed, reading_ == reading::resumed))
            return resumed;
        if (is_due(received, incoming_ == incoming::bytes))
            return received;
        if (is_due(ended, incoming_ == incoming::end))
            return ended;
        if (is_due(congested,
                   congestion_ == congestion::rising || congestion_ == congestion::missed))
            return congested;
        if (is_due(drained, congestion_ == congestion::falling))
            return drained;
        if (is_due(overdue, is_overdue_))
            return overdue;
    }
    return ended_operations_.empty() ? none : operation_ended;
}

void session::tell(event what) noexcept {
    handler& user = context_.user;
    switch (what) {
    case resumed:
        reading_ = reading::on;
        call_handler([&] { user.on_resumed(*this); });
        break;
    case received: {
        incoming_ = incoming::nothing;
        // They stay where they are while the lock is open: only turn() starts the next receive.
        const auto bytes = (large_ ? large_->bytes() : std::span{small_}).first(received_);
        call_handler([&] { user.on_receive(*this, bytes); });
        break;
    }
    case ended:
        incoming_ = incoming::told_end;
        call_handler([&] { user.on_end(*this); });
        break;
    case congested:
        congestion_ = congestion_ == congestion::rising ? congestion::known : congestion::falling;
        call_handler([&] { user.on_congested(*this); });
        break;
    case drained:
        congestion_ = congestion::none;
        call_handler([&] { user.on_drained(*this); });
        break;
    case overdue:
        is_overdue_ = false;
        counters::add(context_.figures.timed_out);
        call_handler([&] { user.on_deadline(*this); });
        break;
    default:
        tell_operation();
        break;
    }
}

// From here on `what` is the handler's again.
void session::tell_operation() noexcept {
    DWORD bytes = 0;
    session_operation& what = static_cast<session_operation&>(*ended_operations_.pop(bytes));
    take_out(what);
    call_handler([&] {
        std::error_code why;
        if (what.failed() && !::GetOverlappedResult(what.file_, &what, &bytes, FALSE))
            why = win32::make_error(::GetLastError());
        context_.user.on_operation(*this, what, why, bytes);
    });
}

// A thread that is not in turn() has changed something. The handler, the next receive and the end
// are for a thread of the pool, and not for this one, which may hold locks of the user's.
void session::schedule_if_needed() noexcept {
    if (handler_thread_ != 0 || scheduled_.in_flight || state_ == state::ended)
        return;
    if (next_event(0) != none || wants_to_receive() || is_over() ||
        (state_ == state::closing && !send_.in_flight)) {
        scheduled_.in_flight = true;
        context_.workers.schedule(scheduled_);
    }
}

void session::on_scheduled(operation& what, DWORD) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    self.lock_.lock();
    self.scheduled_.in_flight = false;
    self.turn();
}

// ---- The end ----

//! [finish]
bool session::is_over() const noexcept {
    if (receive_.in_flight || send_.in_flight || scheduled_.in_flight || operations_ != nullptr)
        return false;
    const bool has_client_ended = incoming_ == incoming::end || incoming_ == incoming::told_end;
    return state_ == state::cut || (state_ == state::half_closed && has_client_ended);
}

// Cancelled, if need be, and collected: what is left is to tell, to close and to free. The last
// line may destroy the session.
void session::finish() noexcept {
    state_ = state::ended; // nobody begins another turn, nor breaks off what has ended
    const std::error_code why = why_ == ERROR_SUCCESS ? std::error_code{} : win32::make_error(why_);
    lock_.unlock();
    try {
        context_.user.on_close(*this, why);
    } catch (...) {
        counters::add(context_.figures.handler_faults);
    }
    data.reset();

    lock_.lock();
    win32::unique_socket socket = std::move(socket_);
    counters::subtract(context_.figures.queued_bytes, queue_.size());
    queue_.clear();
    large_.reset();
    lock_.unlock();
    context_.timers.cancel(*this); // it cannot be set any more
    socket.reset();
    context_.forget(*this);
}
//! [finish]

} // namespace iocp
