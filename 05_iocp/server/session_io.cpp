// A session's calls of Winsock. Each is made under the session's lock: none of them waits.
#include "session.hpp"

#include "win32/winsock.hpp"

#include <span>
#include <utility>

namespace iocp {

// ---- Receiving ----

//! [wants-to-receive]
bool session::wants_to_receive() const noexcept {
    if (receive_.in_flight || incoming_ == incoming::end || incoming_ == incoming::told_end)
        return false;
    return state_ == state::open ? reading_ != reading::paused && !is_too_long() : is_closing();
}
//! [wants-to-receive]

//! [choose-receive-buffer]
// An idle client holds no more than the few bytes in the session itself. A large buffer is taken
// only when more than that is there already: so the receive is done at once, and the buffer is free
// again when the handler has seen it.
std::span<std::byte> session::choose_receive_buffer() noexcept {
    const bool was_filled =
        received_ == small_.size() || received_ == context_.receive_buffers.buffer_size();
    u_long waiting = 0;
    if (was_filled && ::ioctlsocket(socket_.get(), FIONREAD, &waiting) == 0 &&
        waiting > small_.size())
        large_ = context_.receive_buffers.take();
    else
        large_.reset();
    return large_ ? large_->bytes() : std::span<std::byte>{small_};
}
//! [choose-receive-buffer]

//! [start-receive]
// Lifetime: from here until on_received(), Windows may write to the buffer and to receive_.
// on_received() may run on another thread before WSARecv has returned; it waits for the lock.
void session::start_receive() noexcept {
    if (!wants_to_receive())
        return;
    const std::span<std::byte> where = choose_receive_buffer();
    WSABUF buffer{static_cast<ULONG>(where.size()), reinterpret_cast<char*>(where.data())};
    DWORD bytes = 0; // only good if it is done at once
    DWORD flags = 0;
    receive_.clear();
    incoming_ = incoming::nothing;
    if (::WSARecv(socket_.get(), &buffer, 1, &bytes, &flags, &receive_, nullptr) == 0) {
        if (skips_packets_) { // else a packet comes, as it does after "pending"
            counters::add(context_.figures.inline_completions);
            context_.workers.done_at_once(receive_, bytes);
        }
    } else {
        const int error = ::WSAGetLastError();
        if (error != WSA_IO_PENDING) {
            cut(static_cast<DWORD>(error));
            return;
        }
    }
    receive_.in_flight = true;
}
//! [start-receive]

void session::on_received(operation& what, DWORD bytes) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    self.lock_.lock();
    self.receive_.in_flight = false;
    if (what.failed()) {
        self.cut(self.error_of(what));
    } else if (bytes == 0) {
        self.incoming_ = incoming::end;
    } else {
        counters::add(self.context_.figures.bytes_received, bytes);
        self.incoming_ = incoming::bytes;
        self.received_ = bytes;
        self.last_activity_ = clock::now();
        self.first_bytes_deadline_ = clock::time_point::max();
    }
    self.turn(next_receive::after_others);
}

//! [receive-after-others]
// When all threads have work enough, a receive that is started right after the reply has gone is
// too early: the client has not answered yet, so the receive is pending, and its packet comes by
// way of the port. The session lines up behind the others instead. When its turn comes the next
// message is there, as a rule, and the receive is done at once. That costs hardly any time, since
// no thread would have been free for the message earlier; and all wait in the one list. False:
// nobody waits.
bool session::receive_after_others() noexcept {
    if (scheduled_.in_flight || !wants_to_receive() || context_.workers.ready() == 0)
        return false;
    large_.reset(); // the handler has seen what is in it; others may need it meanwhile
    scheduled_.in_flight = true;
    context_.workers.done_at_once(scheduled_, 0);
    return true;
}
//! [receive-after-others]

// ---- Sending ----

//! [start-send]
// Sends all that is queued, if no send is in flight. What is done at once is done with: there is
// nothing to tell the handler but that the queue is short again, and that comes in a later turn. So
// this needs no place in a ready list.
//
// Lifetime: from here until on_sent(), Windows reads the gathered bytes, which stay where they are.
void session::start_send() noexcept {
    while (!send_.in_flight && !queue_.empty() &&
           (state_ == state::open || state_ == state::closing)) {
        set_no_delay_if_needed();
        send_queue::gathered buffers;
        const DWORD count = queue_.gather(buffers);
        DWORD bytes = 0; // only good if it is done at once
        send_.clear();
        if (::WSASend(socket_.get(), buffers.data(), count, &bytes, 0, &send_, nullptr) == 0) {
            if (skips_packets_) { // else a packet comes, as it does after "pending"
                counters::add(context_.figures.inline_completions);
                sent(bytes);
                continue;
            }
        } else {
            const int error = ::WSAGetLastError();
            if (error != WSA_IO_PENDING) {
                cut(static_cast<DWORD>(error));
                return;
            }
        }
        send_.in_flight = true;
        sending_ = 0;
        for (const WSABUF& each : std::span{buffers}.first(count))
            sending_ += each.len;
        if (is_too_long())
            watch_for_stall();
    }
}
//! [start-send]

// Nagle's algorithm keeps a small segment back as long as an earlier one is not acknowledged (RFC
// 1122, 4.2.3.4). Before the first segment there is none. So the option is set only when a second
// one is to go: a client that has one short answer and leaves costs a call less. If it fails, the
// bytes still go, later.
void session::set_no_delay_if_needed() noexcept {
    constexpr std::size_t one_segment = 500; // of 536, TCP's default, less some for its options
    if (no_delay_ == no_delay::settled)
        return;
    if (no_delay_ == no_delay::nothing_sent && queue_.size() <= one_segment) {
        no_delay_ = no_delay::one_sent;
        return;
    }
    no_delay_ = no_delay::settled;
    const BOOL yes = TRUE;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&yes),
                 sizeof yes);
}

void session::on_sent(operation& what, DWORD bytes) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    self.lock_.lock();
    self.send_.in_flight = false;
    if (what.failed())
        self.cut(self.error_of(what));
    else
        self.sent(bytes);
    self.start_send(); // also while a thread is in the handler, however long
    self.turn();
}

void session::sent(std::size_t bytes) noexcept {
    queue_.consume(bytes);
    counters::add(context_.figures.bytes_sent, bytes);
    counters::subtract(context_.figures.queued_bytes, bytes);
    note_taken(bytes);
    if (is_too_long() && queue_.size() <= context_.options.low_water_mark)
        congestion_ = congestion_ == congestion::known ? congestion::falling : congestion::missed;
}

bool session::is_too_long() const noexcept {
    return congestion_ == congestion::rising || congestion_ == congestion::known;
}

void session::end_sending() noexcept {
    if (state_ != state::closing || send_.in_flight || !queue_.empty())
        return;
    state_ = state::half_closed;
    if (::shutdown(socket_.get(), SD_SEND) != 0)
        cut(static_cast<DWORD>(::WSAGetLastError())); // the client would wait for the end
}

bool session::is_closing() const noexcept {
    return state_ == state::closing || state_ == state::half_closed;
}

// ---- Breaking off ----

//! [cut]
// The client sees a reset, also when it is we who cannot go on (there is no memory for a send,
// say): an orderly end would tell it that what it has was all.
void session::cut(DWORD why) noexcept {
    if (state_ == state::cut || state_ == state::ended)
        return;
    state_ = state::cut;
    why_ = why;
    win32::reset_on_close(socket_.get());
    cancel();
}

// What is in flight comes back as a packet, cancelled or not; unless the cancelling itself fails.
// Then it has to be done again, or the session would wait for ever.
void session::cancel() noexcept {
    bool done = true;
    if (receive_.in_flight || send_.in_flight)
        done = completion_port::cancel(reinterpret_cast<HANDLE>(socket_.get()));
    // Else the end of the session would wait for a pipe, say, into which nobody writes.
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

} // namespace iocp
