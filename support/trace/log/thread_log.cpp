#include "thread_log.hpp"

#include <algorithm>

namespace trace {

void call_total::add(const call_total& other) noexcept {
    count += other.count;
    time += other.time;
    longest = std::max(longest, other.longest);
}

bool thread_log::open(const open_span& what) noexcept {
    if (depth_ == deepest) {
        store_->drop();
        return false;
    }
    open_[depth_++] = what;
    return true;
}

open_span thread_log::close(std::uint64_t end, bool waited) noexcept {
    const open_span span = open_[--depth_];
    const std::uint64_t time = end - span.begin;
    if (depth_ != 0)
        open_[depth_ - 1].inner += time;
    if (waited)
        waiting_ += time - span.inner;
    if (span.kind == event_kind::call)
        totals_[static_cast<std::size_t>(span.which)].add({1, time, time});
    return span;
}

void thread_log::append(event what) noexcept {
    if (chunk_ == event_store::none)
        chunk_ = store_->acquire();
    if (chunk_ == event_store::none) {
        store_->drop();
        return;
    }
    what.thread = number_;
    what.thread_id = thread_id_;
    if (!store_->append(chunk_, what)) {
        store_->release_full(chunk_);
        chunk_ = event_store::none;
    }
}

void thread_log::join(std::uint32_t session, std::uint32_t number, DWORD thread_id,
                      event_store& store) noexcept {
    in_use_ = true;
    session_ = session;
    number_ = number;
    thread_id_ = thread_id;
    store_ = &store;
    chunk_ = event_store::none;
    numbers_ = 0;
    begin_ = now();
    end_ = 0;
    waiting_ = 0;
    depth_ = 0;
    totals_ = {};
    name = {};
}

void thread_log::finish(std::uint64_t end) noexcept {
    end_ = end;
    routines = {};
    if (chunk_ != event_store::none && session_ == current_session.load())
        store_->release_with_room(chunk_);
    chunk_ = event_store::none;
}

void thread_log::wait_until_left() const noexcept {
    while (busy_.load())
        ::SwitchToThread();
}

} // namespace trace
