// The sending half of a session: from the handler's send() to the socket.
#include "session.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

namespace iocp {

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

bool session::is_too_long() const noexcept {
    return congestion_ == congestion::rising || congestion_ == congestion::known;
}

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
        const bool is_done =
            ::WSASend(socket_.get(), buffers.data(), count, &bytes, 0, &send_, nullptr) == 0;
        const int error = is_done ? ERROR_SUCCESS : ::WSAGetLastError();
        if (!is_done && error != WSA_IO_PENDING) {
            cut(static_cast<DWORD>(error));
            return;
        }
        if (is_done && skips_packets_) { // else a packet comes
            counters::add(context_.figures.inline_completions);
            sent(bytes);
            continue;
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

void session::end_sending() noexcept {
    if (state_ != state::closing || send_.in_flight || !queue_.empty())
        return;
    state_ = state::half_closed;
    if (::shutdown(socket_.get(), SD_SEND) != 0)
        cut(static_cast<DWORD>(::WSAGetLastError())); // the client would wait for the end
}

// ---- What the client takes, and when ----

// The queue is too long, and a send has begun just now, or will.
void session::watch_for_stall() noexcept {
    if (context_.options.stall_timeout.count() == 0)
        return;
    last_taken_ = clock::now();
    wake_at(deadline(last_taken_));
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
