// The sending half of a session, from the handler's send() to the socket.
#include "session.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace iocp {

//! [send]
send_result session::send(std::span<const std::byte> bytes) noexcept {
    const win32::scoped_lock lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (bytes.size() > context_.options.queue_limit - queue_.size() || !queue_.append(bytes))
        return send_result::full;
    queued_more(bytes.size());
    return send_result::queued;
}
//! [send]

send_result session::send(buffer_pool::handle whole, std::size_t count) noexcept {
    const win32::scoped_lock lock{lock_};
    if (state_ != state::open)
        return send_result::closed;
    if (count > context_.options.queue_limit - queue_.size())
        return send_result::full;
    queue_.append(std::move(whole), count);
    queued_more(count);
    return send_result::queued;
}

void session::queued_more(std::size_t count) noexcept {
    context_.figures.queued_bytes.add(count);
    if (!queue_is_too_long() && queue_.size() > context_.options.high_water_mark) {
        congestion_ = congestion_ == congestion::falling ? congestion::known : congestion::rising;
        watch_for_stall();
    }
    if (handler_thread_ == ::GetCurrentThreadId())
        return; // call_handler() sends all of the handler's bytes together
    start_send();
    schedule_if_needed();
}

std::size_t session::queued() const noexcept {
    const win32::scoped_lock lock{lock_};
    return queue_.size();
}

bool session::is_congested() const noexcept {
    const win32::scoped_lock lock{lock_};
    return queue_is_too_long();
}

bool session::queue_is_too_long() const noexcept {
    return congestion_ == congestion::rising || congestion_ == congestion::known;
}

//! [start-send]
// Sends everything queued unless a send is in flight. A send that completes at once needs no entry
// in the ready list: its only news is that the queue is short again, which this turn or a later one
// tells.
//
// Lifetime: from here until on_sent(), Windows reads the gathered bytes, which stay where they are.
void session::start_send() noexcept {
    while (!send_.in_flight && !queue_.empty() &&
           (state_ == state::open || state_ == state::closing)) {
        set_no_delay_if_needed();
        send_queue::gathered buffers;
        const DWORD count = queue_.gather(buffers);
        DWORD bytes = 0; // valid only if the send is done at once
        send_.clear();
        const bool is_done =
            ::WSASend(socket_.get(), buffers.data(), count, &bytes, 0, &send_, nullptr) == 0;
        const int error = is_done ? ERROR_SUCCESS : ::WSAGetLastError();
        if (!is_done && error != WSA_IO_PENDING) {
            cut(static_cast<DWORD>(error));
            return;
        }
        if (is_done && skips_packets_) { // otherwise a packet comes
            context_.figures.inline_completions.add();
            sent(bytes);
            continue;
        }
        send_.in_flight = true;
        sending_ = 0;
        for (const WSABUF& each : std::span{buffers}.first(count))
            sending_ += each.len;
        if (queue_is_too_long())
            watch_for_stall();
    }
}
//! [start-send]

// Nagle's algorithm holds a small segment back until the earlier ones are acknowledged (RFC 1122,
// 4.2.3.4). The first segment has none before it. So the option is set before the second segment,
// and a client that leaves after one short answer costs a call less. If the call fails, the bytes
// are only late.
void session::set_no_delay_if_needed() noexcept {
    constexpr std::size_t one_segment = 500; // TCP's default, 536, less room for TCP's options
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
    self.start_send(); // even if a thread stays in the handler for long
    self.turn();
}

void session::sent(std::size_t bytes) noexcept {
    queue_.consume(bytes);
    context_.figures.bytes_sent.add(bytes);
    context_.figures.queued_bytes.subtract(bytes);
    note_taken(bytes);
    if (queue_is_too_long() && queue_.size() <= context_.options.low_water_mark)
        congestion_ = congestion_ == congestion::known ? congestion::falling : congestion::missed;
}

void session::end_sending() noexcept {
    if (state_ != state::closing || send_.in_flight || !queue_.empty())
        return;
    state_ = state::half_closed;
    if (::shutdown(socket_.get(), SD_SEND) != 0)
        cut(static_cast<DWORD>(::WSAGetLastError())); // or the client would wait for the end
}

// ---- The client's pace ----

// Starts stall_timeout: the queue has become too long, or a send of a queue that is too long
// begins.
void session::watch_for_stall() noexcept {
    if (context_.options.stall_timeout.count() == 0)
        return;
    last_taken_ = clock::now();
    wake_at(deadline(last_taken_));
}

//! [note-taken]
// The system has taken `bytes`, and nothing tells when the client takes them. Allow the client the
// time that min_send_rate gives it, for as many bytes as a system keeps for one connection.
void session::note_taken(std::size_t bytes) noexcept {
    constexpr std::size_t most_in_the_system = 4 * 1024 * 1024;
    last_activity_ = last_taken_ = clock::now();
    taken_by_ = std::min(std::max(taken_by_, last_activity_) + time_to_take(bytes),
                         last_activity_ + time_to_take(most_in_the_system));
}

// A send ends when the system has taken all of its bytes. Before that the system may wait until the
// client has room for a whole segment, which has 64 KiB on a machine's own addresses.
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
