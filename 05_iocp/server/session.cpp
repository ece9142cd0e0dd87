// The life of a session: its beginning, its end and its deadlines.
#include "session.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <utility>

namespace iocp {

namespace {

// Returns the end of a timeout; 0 is a timeout that never ends.
clock::time_point time_after(clock::time_point begin, std::chrono::milliseconds time) noexcept {
    return time.count() == 0 ? clock::time_point::max() : begin + time;
}

} // namespace

// The calling thread counts as the one in the handler until it has called open(). So no other
// thread calls the handler before on_open().
session::session(server_key, const session_context& context, win32::unique_socket socket,
                 bool skips_packets, const SOCKADDR_INET& peer) noexcept
    : context_{context},
      peer_{peer},
      skips_packets_{skips_packets},
      socket_{std::move(socket)},
      handler_thread_{::GetCurrentThreadId()},
      scheduled_{*this, on_scheduled},
      send_{*this, on_sent},
      queue_{context.send_buffers},
      no_delay_{context.options.no_delay ? no_delay::nothing_sent : no_delay::settled},
      last_activity_{clock::now()},
      first_bytes_deadline_{time_after(last_activity_, context.options.first_bytes_timeout)},
      close_timeout_{context.options.close_timeout},
      receive_{*this, on_received} {}

void session::open(server_key) noexcept {
    lock_.lock();
    wake_at(deadline(last_activity_));
    tell(opened);
    handler_thread_ = 0;
    turn();
}

// ---- The end ----

void session::close() noexcept {
    const win32::scoped_lock lock{lock_};
    begin_close();
}

void session::drain(server_key) noexcept {
    const win32::scoped_lock lock{lock_};
    close_timeout_ = std::chrono::milliseconds{0};
    begin_close();
}

void session::begin_close() noexcept {
    if (state_ != state::open)
        return;
    state_ = state::closing;
    const clock::time_point now = clock::now();
    taken_by_ = std::max(taken_by_, now); // the earliest beginning of close_timeout_
    wake_at(deadline(now));
    schedule_if_needed();
}

bool session::is_closing() const noexcept {
    return state_ == state::closing || state_ == state::half_closed;
}

void session::abort(DWORD why) noexcept {
    const win32::scoped_lock lock{lock_};
    cut(why);
    schedule_if_needed();
}

//! [cut]
// Resets the connection, even if the failure is ours (a send without memory, say). After an orderly
// end the client would take a part of the answer for the whole.
void session::cut(DWORD why) noexcept {
    if (state_ == state::cut || state_ == state::ended)
        return;
    state_ = state::cut;
    why_ = why;
    win32::reset_on_close(socket_.get());
    cancel();
}

// Makes every operation in flight come back as a packet, cancelled or not. If CancelIoEx itself
// fails, the timer calls this again; otherwise the session might wait for ever.
void session::cancel() noexcept {
    bool done = true;
    if (receive_.in_flight || send_.in_flight)
        done = completion_port::cancel(reinterpret_cast<HANDLE>(socket_.get()));
    // Without this the session's end would wait for a pipe, say, into which nobody writes.
    for (session_operation* each = operations_; each != nullptr; each = each->next_)
        done = completion_port::cancel(each->file_, each) && done;
    if (!done)
        context_.timers.set(*this, clock::now());
}
//! [cut]

DWORD session::error_of(operation& what) const noexcept {
    DWORD bytes = 0;
    DWORD flags = 0;
    return ::WSAGetOverlappedResult(socket_.get(), &what, &bytes, FALSE, &flags)
               ? ERROR_GEN_FAILURE
               : static_cast<DWORD>(::WSAGetLastError());
}

//! [finish]
bool session::is_over() const noexcept {
    if (receive_.in_flight || send_.in_flight || scheduled_.in_flight || operations_ != nullptr)
        return false;
    return state_ == state::cut || (state_ == state::half_closed && has_client_ended());
}

// Tells, closes and frees: every operation has been collected. The last line may destroy the
// session.
void session::finish() noexcept {
    state_ = state::ended; // no thread takes another turn, or cuts the session
    const std::error_code why = why_ == ERROR_SUCCESS ? std::error_code{} : win32::make_error(why_);
    lock_.unlock();
    try {
        context_.user.on_close(*this, why);
    } catch (...) {
        context_.figures.handler_faults.add();
    }
    data.reset();

    lock_.lock();
    win32::unique_socket socket = std::move(socket_);
    context_.figures.queued_bytes.subtract(queue_.size());
    queue_.clear();
    large_.reset();
    lock_.unlock();
    context_.timers.cancel(*this); // nothing sets it any more
    socket.reset();
    context_.forget(*this);
}
//! [finish]

// ---- Deadlines ----

void session::wake_at(clock::time_point deadline) noexcept {
    if (deadline != clock::time_point::max())
        context_.timers.set(*this, deadline);
}

void session::set_deadline(std::chrono::milliseconds time) noexcept {
    const win32::scoped_lock lock{lock_};
    if (state_ != state::open)
        return;
    const clock::time_point now = clock::now();
    is_overdue_ = false;
    own_deadline_ = time_after(now, std::min(time, longest_time));
    wake_at(deadline(now));
}

//! [on-timer]
void session::on_timer(server_key, clock::time_point now) noexcept {
    const win32::scoped_lock lock{lock_};
    if (state_ == state::ended)
        return;
    if (state_ == state::cut) {
        cancel(); // an earlier cancel() has failed
        return;
    }
    if (state_ == state::open && own_deadline_ <= now) {
        own_deadline_ = clock::time_point::max();
        is_overdue_ = true; // the handler decides
        schedule_if_needed();
    }
    const clock::time_point next = deadline(now);
    if (next > now) { // bytes have gone over the connection since the timer was set
        wake_at(next);
        return;
    }
    context_.figures.timed_out.add();
    cut(WSAETIMEDOUT);
    schedule_if_needed();
}
//! [on-timer]

clock::time_point session::deadline(clock::time_point now) const noexcept {
    const server_options& options = context_.options;
    if (is_closing())
        return time_after(taken_by_ + time_to_take_pending(), close_timeout_);
    clock::time_point next = std::min(own_deadline_, first_bytes_deadline_);
    if (queue_is_too_long() && send_.in_flight)
        next = std::min(next, time_after(last_taken_, options.stall_timeout));
    // A client that is waiting for us is not idle.
    const bool is_our_turn = (reading_ == reading::paused || handler_thread_ != 0 ||
                              scheduled_.in_flight || operations_ != nullptr) &&
                             !send_.in_flight;
    const clock::time_point since = is_our_turn ? now : std::max(last_activity_, taken_by_);
    return std::min(next, time_after(since + time_to_take_pending(), options.idle_timeout));
}

} // namespace iocp
