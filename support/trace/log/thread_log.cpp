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
        sums_.waiting += time - span.inner;
    if (span.kind == event_kind::call)
        sums_.totals[static_cast<std::size_t>(span.which)].add({1, time, time});
    return span;
}

void thread_log::append(event what) noexcept {
    if (chunk_ == event_store::none)
        chunk_ = store_->acquire();
    if (chunk_ == event_store::none) {
        store_->drop();
        return;
    }
    what.thread = sums_.number;
    what.thread_id = sums_.id;
    if (!store_->append(chunk_, what)) {
        store_->release_full(chunk_);
        chunk_ = event_store::none;
    }
}

void thread_log::join(std::uint32_t session, std::uint32_t number, DWORD thread_id,
                      event_store& store) noexcept {
    in_use_ = true;
    session_ = session;
    store_ = &store;
    chunk_ = event_store::none;
    numbers_ = 0;
    sums_ = {.number = number, .id = thread_id, .begin = now()};
    depth_ = 0;
    name = {};
}

void thread_log::finish(std::uint64_t end) noexcept {
    sums_.end = end;
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
