/// \file
/// Deadlines of any number of sessions, in one structure.
#pragma once

#include "win32/slim_lock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace iocp {

/// The clock of all deadlines. It only goes forward.
using clock = std::chrono::steady_clock;

/// Something with a deadline; derive from it. It is in one wheel at most.
class timer {
public:
    timer() noexcept = default;
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;

protected:
    ~timer() = default;

private:
    friend class timer_wheel;

    timer* next_ = nullptr;
    timer** link_ = nullptr; // what points to this one; null: it is in no wheel
    std::uint64_t due_ = 0;  // tick
};

/// A wheel of slots, one for each tick, that turns with the time. A deadline goes into the slot of
/// its tick, so that setting and cancelling one cost the same however many there are, and a tick
/// looks at one slot alone. A deadline that is more than a turn away stays in its slot for as many
/// turns.
///
/// Renewing need not touch the wheel: a session whose deadline has moved on lets the old one come,
/// and sets it anew then. So a message costs nothing here, and a session is looked at about once in
/// each of its timeouts.
///
/// The time comes in with each call, so a test can bring its own.
///
/// Threads: all functions from any thread.
class timer_wheel {
public:
    static constexpr std::size_t slots = 512;

    /// `tick` is the least difference that counts: a deadline comes up to one tick late, never
    /// early.
    timer_wheel(clock::duration tick, clock::time_point now) noexcept : tick_{tick}, start_{now} {}
    timer_wheel(const timer_wheel&) = delete;
    timer_wheel& operator=(const timer_wheel&) = delete;

    /// Sets the deadline of `what`, in place of the one it may have.
    /// Lifetime: `what` lives until it is taken out or cancelled.
    void set(timer& what, clock::time_point deadline) noexcept;

    /// Takes `what` out if it is in.
    void cancel(timer& what) noexcept;

    /// Takes out one whose deadline has come by `now`, and returns `hold(it)`; a value of the same
    /// type made from nothing if there is none. So call it until that comes.
    ///
    /// `hold` is called under the wheel's lock, where cancel() cannot run: it can make sure that
    /// the owner of the timer stays, by a shared_ptr say. It must not call the wheel.
    template <class Hold>
    auto take_due(clock::time_point now, Hold hold) -> decltype(hold(std::declval<timer&>())) {
        const win32::scoped_lock lock{lock_};
        timer* const due = find_due(tick_of(now));
        if (due == nullptr)
            return {};
        unlink(*due);
        return hold(*due);
    }

private:
    [[nodiscard]] std::uint64_t tick_of(clock::time_point time) const noexcept;
    timer* find_due(std::uint64_t now) noexcept REQUIRES(lock_);
    static void link(timer& what, timer*& first) noexcept;
    static void unlink(timer& what) noexcept;

    const clock::duration tick_;
    const clock::time_point start_;

    win32::slim_lock lock_; // guards the timers that are in, too
    std::array<timer*, slots> slots_ GUARDED_BY(lock_){};
    timer* due_ GUARDED_BY(lock_) = nullptr; // found due already
    std::uint64_t
        next_tick_ GUARDED_BY(lock_) = 0; // the first whose slot has not been gone through
};

} // namespace iocp
