#include "timer_wheel.hpp"

#include <algorithm>

namespace iocp {

// Times before the start count as the start.
std::uint64_t timer_wheel::tick_of(clock::time_point time) const noexcept {
    return time <= start_ ? 0 : static_cast<std::uint64_t>((time - start_) / tick_);
}

//! [set]
void timer_wheel::set(timer& what, clock::time_point deadline) noexcept {
    const win32::scoped_lock lock{lock_};
    if (what.link_ != nullptr)
        unlink(what);
    // The tick of the deadline begins before it, so take the next one. And take no slot that has
    // been searched already, or the timer would wait there for a whole round.
    what.due_ = std::max(tick_of(deadline) + 1, next_tick_);
    link(what, slots_[what.due_ % slots]);
}

void timer_wheel::link(timer& what, timer*& first) noexcept {
    what.next_ = first;
    what.link_ = &first;
    if (what.next_ != nullptr)
        what.next_->link_ = &what.next_;
    first = &what;
}
//! [set]

void timer_wheel::cancel(timer& what) noexcept {
    const win32::scoped_lock lock{lock_};
    if (what.link_ != nullptr)
        unlink(what);
}

void timer_wheel::unlink(timer& what) noexcept {
    *what.link_ = what.next_;
    if (what.next_ != nullptr)
        what.next_->link_ = what.link_;
    what.link_ = nullptr;
}

timer* timer_wheel::find_due(std::uint64_t now) noexcept {
    // After a pause of more than a round, one round searches every slot.
    if (now >= next_tick_ + slots)
        next_tick_ = now - slots + 1;
    // Search each slot once, and put aside all of its timers that are due. The others stay for
    // another round.
    for (; due_ == nullptr && next_tick_ <= now; ++next_tick_)
        for (timer* each = slots_[next_tick_ % slots]; each != nullptr;) {
            timer* const next = each->next_;
            if (each->due_ <= now) {
                unlink(*each);
                link(*each, due_);
            }
            each = next;
        }
    return due_;
}

} // namespace iocp
