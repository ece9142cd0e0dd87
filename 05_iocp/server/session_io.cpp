// A session's calls of Winsock. Each is made under the session's lock: none of them waits.
#include "session.hpp"

#include "win32/winsock.hpp"

#include <span>
#include <utility>

namespace iocp {

// ---- Receiving ----

//! [wants-to-receive]
bool session::wants_to_receive() const noexcept {
    if (receiving_ || peer_ended_)
        return false;
    return state_ == state::open ? !paused_ && !congested_ : state_ == state::closing;
}
//! [wants-to-receive]

//! [choose-receive-buffer]
// An idle client holds no more than the few bytes in the session itself. A large buffer is taken
// only when more than that is there already: so the receive is done at once, and the buffer is free
// again when the handler has seen it.
std::span<std::byte> session::choose_receive_buffer() noexcept {
    u_long waiting = 0;
    if (filled_ && ::ioctlsocket(socket_.get(), FIONREAD, &waiting) == 0 && waiting > small_.size())
        large_ = around_.receive_buffers.take();
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
    receiving_ = true;
    if (::WSARecv(socket_.get(), &buffer, 1, &bytes, &flags, &receive_, nullptr) == 0) {
        if (skips_packets_) { // else a packet comes, as it does after "pending"
            counters::add(around_.figures.inline_completions);
            around_.workers.done_at_once(receive_, bytes);
        }
        return;
    }
    const int error = ::WSAGetLastError();
    if (error == WSA_IO_PENDING)
        return;
    receiving_ = false;
    cut(static_cast<DWORD>(error));
}
//! [start-receive]

void session::on_received(operation& what, DWORD bytes) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    lock_type lock{self.lock_};
    self.receiving_ = false;
    if (what.failed()) {
        self.cut(self.error_of(what));
    } else if (bytes == 0) {
        self.peer_ended_ = true;
        self.events_ |= ended;
    } else {
        counters::add(self.around_.figures.bytes_received, bytes);
        self.filled_ = bytes == (self.large_ ? self.large_->bytes().size() : self.small_.size());
        self.has_received_ = true;
        self.last_activity_ = clock::now();
        self.received_ = bytes;
        self.events_ |= received;
    }
    self.turn(lock, next_receive::after_others);
}

//! [receive-after-others]
// When all threads have work enough, a receive that is started right after the reply has gone is
// too early: the client has not answered yet, so the receive is pending, and its packet comes by
// way of the port. The session lines up behind the others instead. When its turn comes the next
// message is there, as a rule, and the receive is done at once. That costs hardly any time, since
// no thread would have been free for the message earlier; and all wait in the one list. False:
// nobody waits.
bool session::receive_after_others() noexcept {
    if (is_scheduled_ || !wants_to_receive() || around_.workers.ready() == 0)
        return false;
    large_.reset(); // the handler has seen what is in it; others may need it meanwhile
    is_scheduled_ = true;
    around_.workers.done_at_once(scheduled_, 0);
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
    while (sending_ == 0 && !queue_.empty() &&
           (state_ == state::open || state_ == state::closing)) {
        set_no_delay_if_needed();
        send_queue::gathered buffers;
        const DWORD count = queue_.gather(buffers);
        DWORD bytes = 0; // only good if it is done at once
        send_.clear();
        for (const WSABUF& each : std::span{buffers}.first(count))
            sending_ += each.len;
        if (::WSASend(socket_.get(), buffers.data(), count, &bytes, 0, &send_, nullptr) == 0) {
            if (!skips_packets_)
                return;
            sending_ = 0;
            counters::add(around_.figures.inline_completions);
            sent(bytes);
            continue;
        }
        const int error = ::WSAGetLastError();
        if (error == WSA_IO_PENDING) {
            if (congested_)
                watch_for_stall();
            return;
        }
        sending_ = 0;
        cut(static_cast<DWORD>(error));
    }
}
//! [start-send]

// Nagle's algorithm keeps a small segment back as long as an earlier one is not acknowledged (RFC
// 1122, 4.2.3.4). Before the first segment there is none. So the option is set only when a second
// one is to go: a client that has one short answer and leaves costs a call less. If it fails, the
// bytes still go, later.
void session::set_no_delay_if_needed() noexcept {
    constexpr std::size_t one_segment = 500; // of 536, TCP's default, less some for its options
    const bool is_first = !std::exchange(has_sent_, true);
    if (!around_.options.no_delay || no_delay_is_set_ || (is_first && queue_.size() <= one_segment))
        return;
    no_delay_is_set_ = true;
    const BOOL yes = TRUE;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&yes),
                 sizeof yes);
}

void session::on_sent(operation& what, DWORD bytes) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    lock_type lock{self.lock_};
    self.sending_ = 0;
    if (what.failed())
        self.cut(self.error_of(what));
    else
        self.sent(bytes);
    self.turn(lock);
}

void session::sent(std::size_t bytes) noexcept {
    queue_.consume(bytes);
    counters::add(around_.figures.bytes_sent, bytes);
    counters::subtract(around_.figures.queued_bytes, bytes);
    note_taken(bytes);
    if (congested_ && queue_.size() <= around_.options.low_water_mark) {
        congested_ = false;
        events_ |= drained;
    }
}

void session::end_sending() noexcept {
    if (state_ != state::closing || end_sent_ || sending_ != 0 || !queue_.empty())
        return;
    end_sent_ = true;
    if (::shutdown(socket_.get(), SD_SEND) != 0)
        cut(static_cast<DWORD>(::WSAGetLastError())); // the client would wait for the end
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
    if (receiving_ || sending_ != 0)
        done = completion_port::cancel(reinterpret_cast<HANDLE>(socket_.get()));
    // Else the end of the session would wait for a pipe, say, into which nobody writes.
    for (session_operation* each = operations_; each != nullptr; each = each->next_)
        done = completion_port::cancel(each->file_, each) && done;
    if (!done)
        around_.timers.set(*this, clock::now());
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
