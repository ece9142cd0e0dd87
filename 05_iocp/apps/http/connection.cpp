#include "connection.hpp"

#include <algorithm>

namespace http {

namespace {

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

// The deadline of the first request begins here, that of each later one with its first bytes.
void connection::open(iocp::session& self) {
    enter(self, phase::head);
}

// ---- Requests ----

void connection::receive(iocp::session& self, std::span<const std::byte> bytes) {
    std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    // Most requests come whole, and are read in place.
    if (unread_.empty())
        text.remove_prefix(answer_requests(self, text));
    unread_ += text;
    go_on(self);
}

void connection::end(iocp::session& self) {
    client_ended_ = true;
    go_on(self);
}

// A client that has sent nothing of a request gets no answer. It may have connected early, and
// would take the answer for that to its first request.
void connection::be_late(iocp::session& self) {
    if (phase_ == phase::over)
        return;
    if (reader_)
        send(self, answer_to_nonsense(status::request_timeout, now()));
    else
        self.abort(WSAETIMEDOUT);
}

// Goes on as far as possible: there may be new bytes, or the queue is short again.
void connection::go_on(iocp::session& self) {
    if (!transfer_)
        answer_unread(self);
    else if (!transfer_->block && !self.is_congested())
        read_block(self);
    update(self);
}

void connection::answer_unread(iocp::session& self) {
    if (!unread_.empty())
        unread_.erase(0, answer_requests(self, unread_));
    if (unread_.empty() || phase_ == phase::over)
        std::string{}.swap(unread_); // frees the memory, which an idle client must not hold
}

// Returns the number of bytes that were used.
std::size_t connection::answer_requests(iocp::session& self, std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !transfer_ && phase_ != phase::over && !self.is_congested()) {
        if (!reader_)
            reader_.emplace();
        const request_reader::outcome read = reader_->read(bytes.substr(used));
        used += read.used;
        switch (read.now) {
        case request_reader::state::unfinished:
            return used;
        case request_reader::state::finished:
            send(self, answer_to(reader_->asked(), context_.served, now()));
            break;
        case request_reader::state::malformed:
            send(self, answer_to_nonsense(status::bad_request, now()));
            break;
        case request_reader::state::too_large:
            send(self, answer_to_nonsense(status::header_too_large, now()));
            break;
        }
        reader_.reset();
    }
    return used;
}

// ---- Answers ----

void connection::send(iocp::session& self, answer what) {
    enter(self, phase::answering);
    if (self.send(what.text) != iocp::send_result::queued)
        break_off(self);
    else if (what.size != 0)
        start_transfer(self, what);
    else
        finish_answer(self, what.keeps_alive);
}

void connection::start_transfer(iocp::session& self, answer& what) {
    self.associate(what.file.get());
    transfer_ = std::make_unique<transfer>(what);
    read_block(self);
}

// Lifetime: from here until on_read(), Windows writes to the block and to the transfer. The session
// does not end before that, and this object lives as long as the session. on_read() is not called
// before this returns, since the session's turn is on this thread.
void connection::read_block(iocp::session& self) {
    transfer& to = *transfer_;
    const bool is_small = to.left <= context_.small_blocks.buffer_size();
    to.block = (is_small ? context_.small_blocks : context_.blocks).take();
    if (!to.block) {
        break_off(self);
        return;
    }
    const std::span<std::byte> where = to.block->bytes();
    const auto size = static_cast<DWORD>(std::min<std::uint64_t>(to.left, where.size()));
    to.clear();
    to.Offset = static_cast<DWORD>(to.offset);
    to.OffsetHigh = static_cast<DWORD>(to.offset >> 32);
    const DWORD error = self.start(
        to, [&]() noexcept { return ::ReadFile(to.file.get(), where.data(), size, nullptr, &to); });
    if (error != ERROR_SUCCESS)
        break_off(self);
}

// A file that has become shorter meanwhile ends too soon. The client has been promised more bytes,
// and only a reset can tell it that they will not come.
void connection::on_read(iocp::session& self, std::error_code why, std::size_t bytes) {
    transfer& from = *transfer_;
    if (why || bytes == 0 || self.send(std::move(from.block), bytes) != iocp::send_result::queued) {
        break_off(self);
        return;
    }
    from.offset += bytes;
    from.left -= bytes;
    if (from.left == 0) {
        const bool keeps_alive = from.keeps_alive;
        transfer_.reset();
        finish_answer(self, keeps_alive);
    }
    go_on(self);
}

void connection::finish_answer(iocp::session& self, bool keeps_alive) {
    if (keeps_alive)
        return;
    enter(self, phase::over);
    self.close();
}

void connection::break_off(iocp::session& self) {
    enter(self, phase::over);
    transfer_.reset();
    self.abort();
}

// Brings the session's state in line with this one's. Requests are left behind a file, or behind a
// queue that was too long; on_drained() comes then, even if the queue is short again by now. In all
// other cases a reader holds a part of a request.
void connection::update(iocp::session& self) {
    if (phase_ == phase::over)
        return;
    // While a file is being sent, the requests behind it are not even received.
    if (const bool pauses = transfer_ != nullptr; pauses != self.is_paused())
        pauses ? self.pause() : self.resume();
    const bool leaves_requests = !reader_ && !unread_.empty();
    if (transfer_ || leaves_requests || self.is_congested()) {
        enter(self, phase::answering);
    } else if (client_ended_) {
        enter(self, phase::over);
        self.close();
    } else {
        enter(self, reader_ ? phase::head : phase::idle);
    }
}

// Sets the deadline at the beginning of phase::head, and removes it at the end.
void connection::enter(iocp::session& self, phase next) {
    const phase last = std::exchange(phase_, next);
    if (next == last)
        return;
    if (next == phase::head)
        self.set_deadline(context_.head_timeout);
    else if (last == phase::head)
        self.set_deadline(std::chrono::milliseconds{0});
}

} // namespace http
