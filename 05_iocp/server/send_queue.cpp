#include "send_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace iocp {

bool send_queue::append(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty())
        return true;
    // Take all the memory first: half a message in the queue could not be taken back, since it may
    // be on its way already.
    const std::size_t room = last_ != nullptr ? last_->size_ - last_->end_ : 0;
    buffer* added = nullptr;
    buffer** end_of_added = &added;
    for (std::size_t got = room; got < bytes.size(); got += pool_.buffer_size()) {
        buffer* const next = pool_.take().release();
        if (next == nullptr) {
            while (added != nullptr)
                buffer_pool::handle{std::exchange(added, added->next_)}.reset();
            return false;
        }
        next->begin_ = next->end_ = 0;
        next->next_ = nullptr;
        *end_of_added = next;
        end_of_added = &next->next_;
    }
    (last_ != nullptr ? last_->next_ : first_) = added;
    buffer* where = last_ != nullptr && room != 0 ? last_ : added;
    size_ += bytes.size();
    for (;;) {
        const std::size_t count = std::min(bytes.size(), where->size_ - where->end_);
        std::memcpy(where->bytes().data() + where->end_, bytes.data(), count);
        where->end_ += count;
        last_ = where;
        bytes = bytes.subspan(count);
        if (bytes.empty())
            return true;
        where = where->next_;
    }
}

void send_queue::append(buffer_pool::handle whole, std::size_t count) noexcept {
    buffer* const last = whole.release();
    last->begin_ = 0;
    last->end_ = count;
    last->next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = last;
    last_ = last;
    size_ += count;
}

DWORD send_queue::gather(gathered& buffers) const noexcept {
    DWORD count = 0;
    for (buffer* each = first_; each != nullptr && count < buffers.size(); each = each->next_) {
        WSABUF& entry = buffers[count++];
        entry.buf = reinterpret_cast<char*>(each->bytes().data() + each->begin_);
        entry.len = static_cast<ULONG>(each->end_ - each->begin_);
    }
    return count;
}

void send_queue::consume(std::size_t count) noexcept {
    size_ -= count;
    while (first_ != nullptr) {
        const std::size_t taken = std::min(count, first_->end_ - first_->begin_);
        first_->begin_ += taken;
        count -= taken;
        if (first_->begin_ != first_->end_)
            return;
        buffer* const empty = std::exchange(first_, first_->next_);
        if (first_ == nullptr)
            last_ = nullptr;
        buffer_pool::handle{empty}.reset();
    }
}

} // namespace iocp
