#include "port.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inside {

// The port that counts the calling thread as running.
static thread_local port* runs_at = nullptr;

//! [take]
std::size_t packet_queue::take(std::span<packet> taken) noexcept {
    std::size_t count = 0;
    for (; count < taken.size() && !packets_.empty(); packets_.pop_front())
        taken[count++] = packets_.front();
    return count;
}
//! [take]

//! [sleep]
void place::give(const packet& what) noexcept {
    packet_ = what;
    state_ = outcome::taken; // last: from here on the thread may be gone, and this place with it
}

outcome place::sleep(DWORD milliseconds) noexcept {
    using namespace std::chrono;
    const auto end = steady_clock::now() + std::chrono::milliseconds{milliseconds};
    DWORD left = milliseconds;
    outcome now = outcome::nothing;
    while ((now = state_) == outcome::nothing && left != 0) {
        // Returns at once if the state is not `now` any more; may also return without a reason.
        ::WaitOnAddress(&state_, &now, sizeof now, left);
        if (milliseconds != INFINITE)
            left = static_cast<DWORD>(
                std::max(0LL, ceil<std::chrono::milliseconds>(end - steady_clock::now()).count()));
    }
    return now;
}
//! [sleep]

port::~port() {
    if (runs_at == this)
        runs_at = nullptr;
}

//! [post]
bool port::post(const packet& what) {
    place* given = nullptr;
    {
        const win32::scoped_lock lock{lock_};
        if (closed_)
            return false;
        packets_.add(what);
        given = hand_over();
    }
    if (given != nullptr)
        given->wake(); // outside of the lock: or the thread might wake, and then wait for the lock
    return true;
}
//! [post]

//! [hand-over]
// Gives the first packet to a thread that waits, if one may run. Called where there is a packet
// more or a running thread less, so one is enough.
place* port::hand_over() noexcept {
    packet first;
    if (waiting_.empty() || running_ >= limit_ || packets_.take({&first, 1}) == 0)
        return nullptr;
    const bool last = order_ == release::last_in_first_out;
    place* const next = last ? waiting_.back() : waiting_.front();
    last ? waiting_.pop_back() : waiting_.pop_front();
    ++running_; // not only when it wakes: until then one too many would be let go
    next->give(first);
    return next;
}
//! [hand-over]

//! [get]
outcome port::get_many(std::span<packet> taken, std::size_t& count, DWORD milliseconds) {
    count = 0;
    if (runs_at != nullptr && runs_at != this)
        runs_at->leave(); // a thread belongs to one port at most
    place mine;
    {
        const win32::scoped_lock lock{lock_};
        if (std::exchange(runs_at, nullptr) != nullptr)
            --running_; // it has come back
        if (closed_)
            return outcome::closed;
        if (running_ < limit_ && (count = packets_.take(taken)) != 0) {
            ++running_;
            runs_at = this;
            return outcome::taken; // the thread has not slept: no switch
        }
        if (milliseconds == 0)
            return outcome::nothing;
        waiting_.push_back(&mine);
    }
    outcome result = mine.sleep(milliseconds);
    if (result == outcome::nothing) {
        const win32::scoped_lock lock{lock_};
        if (std::erase(waiting_, &mine) != 0)
            return outcome::nothing;
        result = mine.sleep(0); // it was taken off the list: a packet, or the end, just came
    }
    if (result == outcome::closed)
        return outcome::closed;
    runs_at = this;
    taken.front() = mine.given();
    count = 1;
    if (taken.size() > 1) {
        const win32::scoped_lock lock{lock_};
        count += packets_.take(taken.subspan(1));
    }
    return outcome::taken;
}
//! [get]

//! [close]
void port::close() noexcept {
    const win32::scoped_lock lock{lock_};
    closed_ = true;
    for (place* const each : waiting_) {
        each->close();
        each->wake(); // under the lock: with `closed` the thread does not ask for it
    }
    waiting_.clear();
}
//! [close]

//! [blocking]
void port::leave() noexcept {
    place* given = nullptr;
    {
        const win32::scoped_lock lock{lock_};
        if (runs_at != this)
            return;
        runs_at = nullptr;
        --running_;
        given = hand_over();
    }
    if (given != nullptr)
        given->wake();
}

blocking_section::blocking_section() noexcept : left_{runs_at} {
    if (left_ != nullptr)
        left_->leave();
}

blocking_section::~blocking_section() {
    if (left_ == nullptr || runs_at != nullptr) // it has taken another packet meanwhile
        return;
    const win32::scoped_lock lock{left_->lock_};
    ++left_->running_; // whatever the limit: the thread runs already
    runs_at = left_;
}
//! [blocking]

} // namespace inside
