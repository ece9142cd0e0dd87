/// \file
/// Any number of deadlines in one structure.
#pragma once

#include "win32/slim_lock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace iocp {

/// The clock of all deadlines, which never goes back.
using clock = std::chrono::steady_clock;

/// The base of an object that has a deadline. A timer is in one wheel at most.
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
    timer** link_ = nullptr; // the pointer that points to this timer; null: it is in no wheel
    std::uint64_t due_ = 0;  // the tick of the deadline
};

/// A circle of slots, one for each tick. A deadline goes into the slot of its tick, so that setting
/// and cancelling a timer costs the same however many there are, and each tick looks at one slot
/// only. A deadline that is more than a round away stays in its slot for as many rounds.
///
/// To move a deadline on, its owner need not touch the wheel: it lets the old one come, and sets
/// the new one then. So moving a deadline costs nothing here, and a timer comes up about once in
/// each of its owner's timeouts.
///
/// The time comes as an argument of each call, so a test can bring its own.
///
/// Threads: all functions from any thread.
class timer_wheel {
public:
    static constexpr std::size_t slots = 512;

    /// Makes a wheel that begins at `now`. A deadline comes up to one `tick` late, and never early.
    timer_wheel(clock::duration tick, clock::time_point now) noexcept : tick_{tick}, start_{now} {}
    timer_wheel(const timer_wheel&) = delete;
    timer_wheel& operator=(const timer_wheel&) = delete;

    /// Sets the deadline of `what`, in place of an earlier one.
    /// Lifetime: `what` lives until it is taken out or cancelled.
    void set(timer& what, clock::time_point deadline) noexcept;

    /// Takes `what` out if it is in the wheel.
    void cancel(timer& what) noexcept;

    /// Takes out one timer whose deadline has come by `now`, and returns `hold(timer)`; if there is
    /// none, a default value of that type. Call it until then.
    ///
    /// `hold` is called under the wheel's lock, where cancel() cannot run. It can keep the timer's
    /// owner alive, by a shared_ptr say. It must not call the wheel.
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

    win32::slim_lock lock_; // guards the timers in the wheel as well
    std::array<timer*, slots> slots_ GUARDED_BY(lock_){};
    timer* due_ GUARDED_BY(lock_) = nullptr;        // the timers that were found due
    std::uint64_t next_tick_ GUARDED_BY(lock_) = 0; // the first whose slot was not searched yet
};

} // namespace iocp
