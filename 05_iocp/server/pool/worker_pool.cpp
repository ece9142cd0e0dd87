#include "worker_pool.hpp"

#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace iocp {

namespace {

// The pool of the running thread.
thread_local const worker_pool* current = nullptr;

unsigned processors() noexcept {
    return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace

worker_pool::worker_pool(unsigned threads, unsigned concurrency, clock::duration tick,
                         std::function<void(clock::time_point)> on_tick, pool_counters& figures)
    : count_{threads != 0 ? threads : 2 * processors()},
      concurrency_{concurrency != 0 ? concurrency : processors()},
      port_{concurrency_},
      tick_{tick},
      on_tick_{std::move(on_tick)},
      figures_{figures},
      next_tick_{(clock::now() + tick).time_since_epoch().count()} {}

worker_pool::~worker_pool() {
    quit();
    join();
}

void worker_pool::start() {
    threads_.reserve(count_);
    for (std::size_t i = 0; i < count_; ++i)
        threads_.push_back(win32::make_thread(&worker_pool::work, this));
}

//! [quit]
void worker_pool::quit() noexcept {
    quitting_ = true;
    // One packet ends all threads: each posts it again for the next. With a packet for each thread,
    // one thread could take several. If there is no memory for it, the threads end after a tick.
    static_cast<void>(port_.post(nullptr));
}
//! [quit]

void worker_pool::join() noexcept {
    for (std::thread& thread : threads_)
        if (thread.joinable())
            thread.join();
}

bool worker_pool::is_current() const noexcept {
    return current == this;
}

//! [work]
void worker_pool::work() noexcept {
    current = this;
    while (!quitting_) {
        DWORD bytes = 0;
        if (operation* const next = ready_.pop(bytes)) {
            look_at_port();
            // Completing `next` may take this thread long.
            if (sleeping_ != 0 && !ready_.empty())
                wake_another();
            next->complete(bytes);
        } else {
            sleep();
        }
        tick_if_due();
    }
    static_cast<void>(port_.post(nullptr)); // for the next thread: see quit()
}
//! [work]

//! [sleep]
void worker_pool::sleep() noexcept {
    // Count this thread as sleeping first, then look at the list. A thread that adds an operation
    // goes the other way round: it adds first, then looks for a sleeper. One of the two sees the
    // other's step, so no operation is left in the list while all threads sleep.
    ++sleeping_;
    if (ready_.empty()) {
        const auto longest = std::chrono::ceil<std::chrono::milliseconds>(tick_);
        const bool any = collect(1, static_cast<DWORD>(longest.count())) != 0;
        // While others sleep there are few packets, and the port wakes a thread for each. While
        // none sleeps there may be many.
        if (any && sleeping_ == 1)
            empty_port();
    }
    --sleeping_;
}
//! [sleep]

//! [schedule]
void worker_pool::schedule(operation& what) noexcept {
    ready_.push(what, 0);
    if (sleeping_ != 0)
        wake_another();
}
//! [schedule]

//! [look-at-port]
// While the ready list is busy, looks at the port every few operations, so that its packets do not
// starve. Each look is a system call. None is needed while a thread sleeps at the port and fewer
// run than the port lets run: each packet wakes a thread then. A blocked thread counts as running
// here, which costs a look too many at worst.
void worker_pool::look_at_port() noexcept {
    constexpr unsigned operations_between_looks = 16;
    const unsigned sleeping = sleeping_;
    if (sleeping != 0 && count_ - sleeping < concurrency_)
        return;
    if (++handled_ % operations_between_looks == 0 && collect(1, 0) != 0)
        empty_port();
}
//! [look-at-port]

// Moves all packets to the list, so that none of them waits behind an operation that was added
// later.
void worker_pool::empty_port() noexcept {
    while (collect(most_packets, 0) == most_packets) {
    }
}

ULONG worker_pool::collect(std::size_t most, DWORD milliseconds) noexcept {
    std::array<OVERLAPPED_ENTRY, most_packets> packets;
    const ULONG count = port_.collect({packets.data(), most}, milliseconds);
    for (ULONG i = 0; i < count; ++i)
        if (packets[i].lpOverlapped != nullptr)
            ready_.push(*static_cast<operation*>(packets[i].lpOverlapped),
                        packets[i].dwNumberOfBytesTransferred);
        else
            wake_posted_ = false; // the packet is from wake_another() or quit()
    if (count != 0) {
        figures_.packets.add(count);
        figures_.wakeups.add();
    }
    return count;
}

//! [wake-another]
void worker_pool::wake_another() noexcept {
    if (!wake_posted_.exchange(true) && !port_.post(nullptr))
        wake_posted_ = false;
}
//! [wake-another]

//! [tick]
void worker_pool::tick_if_due() noexcept {
    const clock::time_point now = clock::now();
    if (now.time_since_epoch().count() < next_tick_ || ticking_.exchange(true))
        return;
    next_tick_ = (now + tick_).time_since_epoch().count();
    on_tick_(now);
    ticking_ = false;
}
//! [tick]

} // namespace iocp
