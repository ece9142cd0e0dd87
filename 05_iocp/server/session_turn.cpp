// The turns of a session, in which its handler is called.
#include "session.hpp"

#include "win32/error.hpp"

namespace iocp {

void handler::on_end(session& self) {
    self.close();
}

void handler::on_deadline(session& self) {
    self.abort(WSAETIMEDOUT);
}

//! [turn]
// Every completion ends here, on a thread of the pool. One thread at a time is in the handler.
// Another thread that comes meanwhile has left its news in the session's state, and goes; the
// thread in the handler looks at the state again, under the lock, before it leaves. So the handler
// is never called by two threads at once, and no thread waits for another's handler.
void session::turn(next_receive when) noexcept {
    if (handler_thread_ != 0) {
        lock_.unlock();
        return;
    }
    handler_thread_ = ::GetCurrentThreadId();
    tell_handler();
    handler_thread_ = 0;
    if (state_ == state::cut)
        cancel(); // the operations that the handler has started after the cut

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

// Tells each event once, and leaves the rest to the next turn. Otherwise a handler that sends more
// in on_drained(), and a client that takes it at once, would keep the thread for ever. Only the
// ends of the handler's operations are told until there is none.
void session::tell_handler() noexcept {
    unsigned told = 0;
    while (const event next = next_event(told)) {
        told |= next;
        tell(next);
    }
}

// Returns the first event that is due and not among `told`. A session that is being closed is told
// of nothing but the end of its operations.
session::event session::next_event(unsigned told) const noexcept {
    const auto is_due = [told](event what, bool has_come) {
        return has_come && (told & what) == 0;
    };
    if (state_ == state::open) {
        if (is_due(resumed, reading_ == reading::resumed))
            return resumed;
        if (is_due(received, incoming_ == incoming::bytes))
            return received;
        if (is_due(client_ended, incoming_ == incoming::end))
            return client_ended;
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

// Opens the lock during the call.
template <class Call>
void session::call_handler(Call call) noexcept {
    try {
        const win32::scoped_unlock open{lock_};
        call();
    } catch (...) {
        context_.figures.handler_faults.add();
        cut(ERROR_INTERNAL_ERROR);
    }
    start_send();
}

void session::tell(event what) noexcept {
    handler& user = context_.user;
    switch (what) {
    case opened:
        call_handler([&] { user.on_open(*this); });
        break;
    case resumed:
        reading_ = reading::on;
        call_handler([&] { user.on_resumed(*this); });
        break;
    case received: {
        incoming_ = incoming::nothing;
        // The bytes stay in place while the lock is open, since only turn() starts a receive.
        const auto bytes = (large_ ? large_->bytes() : std::span{small_}).first(received_);
        call_handler([&] { user.on_receive(*this, bytes); });
        break;
    }
    case client_ended:
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
        context_.figures.timed_out.add();
        call_handler([&] { user.on_deadline(*this); });
        break;
    default:
        tell_operation();
        break;
    }
}

// Lets a thread of the pool take a turn if there is anything to do in one. The calling thread may
// be any, and may hold locks of the program's, so it must not call the handler.
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

// ---- The handler's own operations ----

session_operation::session_operation(HANDLE file) noexcept
    : operation{session::on_operation}, file_{file} {}

void session::begin(session_operation& what) noexcept {
    const win32::scoped_lock lock{lock_};
    what.of_ = this;
    what.previous_ = nullptr;
    what.next_ = operations_;
    if (operations_ != nullptr)
        operations_->previous_ = &what;
    operations_ = &what;
}

void session::cannot_begin(session_operation& what) noexcept {
    const win32::scoped_lock lock{lock_};
    take_out(what);
}

void session::take_out(session_operation& what) noexcept {
    (what.previous_ != nullptr ? what.previous_->next_ : operations_) = what.next_;
    if (what.next_ != nullptr)
        what.next_->previous_ = what.previous_;
}

void session::on_operation(operation& what, DWORD bytes) noexcept {
    session& self = *static_cast<session_operation&>(what).of_;
    self.lock_.lock();
    self.ended_operations_.push(what, bytes);
    self.turn();
}

// Gives the operation back to the handler.
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

} // namespace iocp
