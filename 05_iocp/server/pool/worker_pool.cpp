#include "worker_pool.hpp"

#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace iocp {

namespace {

// The pool to which the running thread belongs.
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

void worker_pool::quit() noexcept {
    quitting_ = true;
    // One packet for all: each thread that ends passes it on. With a packet for each, one thread
    // could take several. If there is no memory for it, the threads look after a tick.
    static_cast<void>(port_.post(nullptr));
}

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
            // This thread may be in the handler for long.
            if (sleeping_ != 0 && !ready_.empty())
                wake_another();
            next->complete(bytes);
        } else {
            sleep();
        }
        tick_if_due();
    }
    static_cast<void>(port_.post(nullptr)); // to the next one: see quit()
}
//! [work]

//! [sleep]
void worker_pool::sleep() noexcept {
    // First "I sleep", then the look at the list. Whoever puts an operation in does it the other
    // way round: the operation first, then the look for a sleeper. One of the two sees the other,
    // so no operation lies there while all sleep.
    ++sleeping_;
    if (ready_.empty()) {
        const auto longest = std::chrono::ceil<std::chrono::milliseconds>(tick_);
        const bool any = collect(1, static_cast<DWORD>(longest.count())) != 0;
        // While others sleep there are few packets, and the port wakes a thread for each. When none
        // does there may be many.
        if (any && sleeping_ == 1)
            empty_port();
    }
    --sleeping_;
}
//! [sleep]

void worker_pool::schedule(operation& what) noexcept {
    ready_.push(what, 0);
    if (sleeping_ != 0)
        wake_another();
}

//! [look-at-port]
// From time to time, while there is work in the list: so that who comes by way of the port is not
// kept waiting by those who always have something ready. Each look costs a call, so not every time.
// And not as long as each packet wakes a thread by itself: one that sleeps at the port, while fewer
// run than the port lets run. When enough run, Windows lets no sleeping one go, packet or not. A
// thread that blocks in a handler is taken for running here; a look too many does no harm.
void worker_pool::look_at_port() noexcept {
    constexpr unsigned operations_between_looks = 16;
    const unsigned sleeping = sleeping_;
    if (sleeping != 0 && count_ - sleeping < concurrency_)
        return;
    if (++handled_ % operations_between_looks == 0 && collect(1, 0) != 0)
        empty_port();
}
//! [look-at-port]

// All packets: who has waited in the port the longest shall not be behind one that comes to the
// list only now.
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
            wake_posted_ = false; // of wake_another(), or of quit()
    if (count != 0) {
        figures_.packets.add(count);
        figures_.wakeups.add();
    }
    return count;
}

void worker_pool::wake_another() noexcept {
    if (!wake_posted_.exchange(true) && !port_.post(nullptr))
        wake_posted_ = false;
}

void worker_pool::tick_if_due() noexcept {
    const clock::time_point now = clock::now();
    if (now.time_since_epoch().count() < next_tick_ || ticking_.exchange(true))
        return;
    next_tick_ = (now + tick_).time_since_epoch().count();
    on_tick_(now);
    ticking_ = false;
}

} // namespace iocp
