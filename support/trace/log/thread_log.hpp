/// \file
/// The log of one thread.
#pragma once

#include "event.hpp"
#include "event_store.hpp"
#include "routine_table.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace trace {

/// The number of the recording that runs, or 0. A wrapper that began under another one writes
/// nothing.
inline std::atomic<std::uint32_t> current_session{0};

/// The sums for one call on one thread, exact even when events are dropped. Times are ticks.
struct call_total {
    std::uint64_t count = 0;
    std::uint64_t time = 0;
    std::uint64_t longest = 0;

    void add(const call_total& other) noexcept;
};

using call_totals = std::array<call_total, call_count>;

/// The sums of one thread, or of several that ended long ago.
struct thread_info {
    std::uint32_t number = 0;  ///< a number from 1; 0 for several threads
    DWORD id = 0;              ///< Windows' number
    std::string name{};        ///< UTF-8: "main", its description, or "thread 2"
    std::uint64_t begin = 0;   ///< ticks: its first recorded call
    std::uint64_t end = 0;     ///< ticks: its end, or that of the recording
    std::uint64_t waiting = 0; ///< the ticks of its life in which it waited
    call_totals totals{};
};

/// A span that has begun and not ended.
struct open_span {
    std::uint64_t begin;
    std::uint64_t handle;
    std::uint64_t inner; ///< the ticks that spans within it have taken
    std::uint32_t number;
    event_kind kind;
    call which;
    std::uint8_t flags;
};

/// The log of one thread: its open spans, its place in the store, and its sums.
///
/// Threads: only the one that it belongs to, except for the functions under "Others". That thread
/// writes between enter() and leave(), which cost one exchange; the thread that ends the recording
/// first changes current_session and then waits until no thread is in between.
class thread_log {
public:
    /// Returns whether the recording `session` runs; if so, it does not end before leave().
    [[nodiscard]] bool enter(std::uint32_t session) noexcept {
        busy_.store(true);
        if (current_session.load() == session && session_ == session)
            return true;
        leave();
        return false;
    }
    void leave() noexcept { busy_.store(false, std::memory_order_release); }

    [[nodiscard]] std::uint32_t session() const noexcept { return session_; }

    // ---- Between enter() and leave() ----

    /// Begins a span. Returns false, and does not record it, when spans are nested too deep.
    [[nodiscard]] bool open(const open_span& what) noexcept;

    /// Ends the innermost span, adds it to the sums (its waiting only if `waited`), and returns it.
    open_span close(std::uint64_t end, bool waited) noexcept;

    /// Sets the flags of the innermost span.
    void set_flags(std::uint8_t flags) noexcept { open_[depth_ - 1].flags = flags; }

    [[nodiscard]] std::uint32_t next_number() noexcept { return ++numbers_; }

    /// Completes `what` with the thread's numbers, and stores it.
    void append(event what) noexcept;

    // ---- Always ----

    routine_table routines; ///< those of operations in flight, which may outlive the recording

    // ---- Others, while the thread is not between enter() and leave() ----

    static constexpr std::size_t deepest = 8;
    static constexpr std::size_t longest_name = 48;

    /// Begins anew, for `session`, as the thread with these numbers.
    void join(std::uint32_t session, std::uint32_t number, DWORD thread_id,
              event_store& store) noexcept;

    /// Ends the log with its thread: it keeps the sums only.
    void finish(std::uint64_t end) noexcept;

    void wait_until_left() const noexcept;

    [[nodiscard]] bool in_use() const noexcept { return in_use_; }
    [[nodiscard]] bool ended() const noexcept { return sums_.end != 0; }
    /// The sums, without the thread's name; `end` is 0 while it lives.
    [[nodiscard]] const thread_info& sums() const noexcept { return sums_; }
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
    [[nodiscard]] const open_span& open_at(std::size_t depth) const noexcept {
        return open_[depth];
    }

    std::array<wchar_t, longest_name> name{}; ///< the thread's description when it ended

private:
    std::atomic<bool> busy_{false};
    bool in_use_ = false;
    std::uint32_t session_ = 0;
    event_store* store_ = nullptr;
    std::uint32_t chunk_ = event_store::none;
    std::uint32_t numbers_ = 0;
    std::size_t depth_ = 0;
    std::array<open_span, deepest> open_{};
    thread_info sums_;
};

} // namespace trace
