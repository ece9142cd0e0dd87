#include "connection.hpp"

#include <algorithm>

namespace http {

namespace {

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

void connection::open(iocp::session& self) {
    has_deadline_ = true;
    self.set_deadline(around_.head_timeout);
}

// ---- Requests ----

void connection::receive(iocp::session& self, std::span<const std::byte> bytes) {
    std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    // Most requests come whole: they are read where they lie.
    if (unread_.empty())
        text.remove_prefix(answer_requests(self, text));
    unread_ += text;
    go_on(self);
}

void connection::end(iocp::session& self) {
    client_ended_ = true;
    go_on(self);
}

// A client that has sent nothing of a request gets no answer: it may have connected before it needs
// to, and would take the answer for that to its first request.
void connection::be_late(iocp::session& self) {
    if (is_over_)
        return;
    if (reader_)
        send(self, answer_to_nonsense(status::request_timeout, now()));
    else
        self.abort(WSAETIMEDOUT);
}

// Something has changed: there are bytes, or the queue is short again.
void connection::go_on(iocp::session& self) {
    if (!transfer_)
        answer_unread(self);
    else if (!transfer_->is_reading && !queue_is_long(self))
        read_block(self);
    update(self);
}

void connection::answer_unread(iocp::session& self) {
    if (!unread_.empty())
        unread_.erase(0, answer_requests(self, unread_));
    if (unread_.empty() || is_over_)
        std::string{}.swap(unread_); // an idle client is to hold no memory
}

// Returns how many bytes are done with.
std::size_t connection::answer_requests(iocp::session& self, std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !transfer_ && !is_over_ && !queue_is_long(self)) {
        if (!reader_)
            reader_.emplace();
        const request_reader::outcome read = reader_->read(bytes.substr(used));
        used += read.used;
        switch (read.now) {
        case request_reader::state::unfinished:
            return used;
        case request_reader::state::finished:
            send(self, answer_to(reader_->asked(), around_.served, now()));
            break;
        case request_reader::state::malformed:
            send(self, answer_to_nonsense(status::bad_request, now()));
            break;
        case request_reader::state::too_large:
            send(self, answer_to_nonsense(status::header_too_large, now()));
            break;
        }
        reader_.reset();
        has_answered_ = true;
    }
    return used;
}

// ---- Answers ----

bool connection::queue_is_long(const iocp::session& self) const noexcept {
    // Above this mark the server promises to call when the queue is short again.
    return self.queued() > around_.high_water_mark;
}

void connection::send(iocp::session& self, answer what) {
    keeps_alive_ = what.keeps_alive;
    if (self.send(what.text) != iocp::send_result::queued)
        break_off(self);
    else if (what.size != 0)
        start_transfer(self, what);
    else
        finish_answer(self);
}

void connection::start_transfer(iocp::session& self, answer& what) {
    self.associate(what.file.get());
    transfer_ = std::make_unique<transfer>(what);
    read_block(self);
}

// Lifetime: from here until on_read(), Windows writes to the block and to the transfer. The session
// does not end before that, and only then this is destroyed. on_read() is never called inside this:
// it is this session's turn on this thread.
void connection::read_block(iocp::session& self) {
    transfer& to = *transfer_;
    const bool is_small = to.left <= around_.small_blocks.buffer_size();
    to.block = (is_small ? around_.small_blocks : around_.blocks).take();
    if (!to.block) {
        break_off(self);
        return;
    }
    const std::span<std::byte> where = to.block->bytes();
    const auto size = static_cast<DWORD>(std::min<std::uint64_t>(to.left, where.size()));
    to.clear();
    to.Offset = static_cast<DWORD>(to.offset);
    to.OffsetHigh = static_cast<DWORD>(to.offset >> 32);
    to.is_reading = true;
    const DWORD error =
        self.start(to, [&] { return ::ReadFile(to.file.get(), where.data(), size, nullptr, &to); });
    if (error != ERROR_SUCCESS)
        break_off(self);
}

// A file that has become shorter meanwhile ends too soon. The client has been promised more, and
// can only be told so by a connection that breaks off.
void connection::on_read(iocp::session& self, std::error_code why, std::size_t bytes) {
    transfer& from = *transfer_;
    from.is_reading = false;
    if (why || bytes == 0 || self.send(std::move(from.block), bytes) != iocp::send_result::queued) {
        break_off(self);
        return;
    }
    from.offset += bytes;
    from.left -= bytes;
    if (from.left == 0) {
        transfer_.reset();
        finish_answer(self);
    }
    go_on(self);
}

void connection::finish_answer(iocp::session& self) {
    if (keeps_alive_)
        return;
    is_over_ = true;
    self.close();
}

void connection::break_off(iocp::session& self) {
    is_over_ = true;
    transfer_.reset();
    self.abort();
}

// To be called at the end of whatever has happened.
void connection::update(iocp::session& self) {
    if (is_over_)
        return;
    // No more is received than can be answered.
    if (const bool pauses = transfer_ != nullptr; pauses != is_paused_) {
        is_paused_ = pauses;
        pauses ? self.pause() : self.resume();
    }
    // All that could be answered has been: what is left is a part of a request.
    const bool waits = !transfer_ && !queue_is_long(self);
    if (waits && client_ended_) {
        is_over_ = true;
        self.close();
        return;
    }
    // The deadline of the first request begins with the connection (open), that of each later one
    // with its first bytes. Between them only the idle timeout runs.
    const bool begun = waits && reader_.has_value();
    if (begun != has_deadline_ || (begun && has_answered_)) {
        has_deadline_ = begun;
        self.set_deadline(begun ? around_.head_timeout : std::chrono::milliseconds{0});
    }
    has_answered_ = false;
}

} // namespace http
