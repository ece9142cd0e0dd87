// The receiving half of a session, from the socket to the turn that calls the handler.
#include "session.hpp"

#include <span>

namespace iocp {

void session::pause() noexcept {
    const win32::scoped_lock lock{lock_};
    reading_ = reading::paused;
}

bool session::is_paused() const noexcept {
    const win32::scoped_lock lock{lock_};
    return reading_ == reading::paused;
}

void session::resume() noexcept {
    const win32::scoped_lock lock{lock_};
    if (reading_ == reading::paused)
        reading_ = reading::resumed;
    last_activity_ = clock::now();
    schedule_if_needed();
}

//! [wants-to-receive]
bool session::wants_to_receive() const noexcept {
    if (receive_.in_flight || has_client_ended())
        return false;
    return state_ == state::open ? reading_ != reading::paused && !queue_is_too_long()
                                 : is_closing();
}
//! [wants-to-receive]

//! [choose-receive-buffer]
// An idle client holds no other buffer than the session's small one. A large buffer is taken only
// when more bytes than that have arrived already: the receive is done at once then, and the buffer
// is free again when the handler has seen the bytes.
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

bool session::has_client_ended() const noexcept {
    return incoming_ == incoming::end || incoming_ == incoming::told_end;
}

// Lifetime: from here until on_received(), Windows may write to the buffer and to receive_.
// on_received() may begin on another thread before WSARecv has returned; it waits for the lock.
void session::start_receive() noexcept {
    if (!wants_to_receive())
        return;
    const std::span<std::byte> where = choose_receive_buffer();
    WSABUF buffer{static_cast<ULONG>(where.size()), reinterpret_cast<char*>(where.data())};
    DWORD bytes = 0; // valid only if the receive is done at once
    DWORD flags = 0;
    receive_.clear();
    const bool is_done =
        ::WSARecv(socket_.get(), &buffer, 1, &bytes, &flags, &receive_, nullptr) == 0;
    const int error = is_done ? ERROR_SUCCESS : ::WSAGetLastError();
    if (!is_done && error != WSA_IO_PENDING) {
        cut(static_cast<DWORD>(error));
        return;
    }
    receive_.in_flight = true;
    //! [done-at-once]
    if (is_done && skips_packets_) { // otherwise a packet comes
        context_.figures.inline_completions.add();
        context_.workers.done_at_once(receive_, bytes);
    }
    //! [done-at-once]
}

void session::on_received(operation& what, DWORD bytes) noexcept {
    session& self = static_cast<own_operation&>(what).of;
    self.lock_.lock();
    self.receive_.in_flight = false;
    if (what.failed()) {
        self.cut(self.error_of(what));
    } else if (bytes == 0) {
        self.incoming_ = incoming::end;
    } else {
        self.context_.figures.bytes_received.add(bytes);
        self.incoming_ = incoming::bytes;
        self.received_ = bytes;
        self.last_activity_ = clock::now();
        self.first_bytes_deadline_ = clock::time_point::max();
    }
    self.turn(next_receive::after_others);
}

//! [receive-after-others]
// While others wait for a thread, a receive right after the reply would be too early: the client
// has not answered yet, so the receive would be pending, and its packet would come by way of the
// port. Put the session at the end of the ready list instead. By its next turn the next message has
// usually arrived, and the receive is done at once. This costs hardly any time, since no thread
// would have been free for the message earlier. Returns false if nobody waits.
bool session::receive_after_others() noexcept {
    if (scheduled_.in_flight || !wants_to_receive() || context_.workers.ready() == 0)
        return false;
    large_.reset(); // the handler has seen its bytes, and others may need it meanwhile
    scheduled_.in_flight = true;
    context_.workers.done_at_once(scheduled_, 0);
    return true;
}
//! [receive-after-others]

} // namespace iocp
