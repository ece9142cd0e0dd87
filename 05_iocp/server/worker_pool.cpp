#include "worker_pool.hpp"

#include <algorithm>
#include <array>

namespace iocp {

thread_local worker_pool::worker* worker_pool::current = nullptr;

worker_pool::worker_pool(unsigned threads, unsigned concurrency, clock::duration tick,
                         std::function<void(clock::time_point)> on_tick, counters& figures)
    : port_{concurrency},
      tick_{tick},
      on_tick_{std::move(on_tick)},
      figures_{figures},
      count_{threads != 0 ? threads : 2 * std::max(1u, std::thread::hardware_concurrency())},
      workers_{std::make_unique<worker[]>(count_)},
      next_tick_{(clock::now() + tick).time_since_epoch().count()} {}

worker_pool::~worker_pool() {
    quit();
    join();
}

void worker_pool::start() {
    for (std::size_t i = 0; i < count_; ++i) {
        workers_[i].pool = this;
        workers_[i].thread = std::thread{&worker_pool::work, this, std::ref(workers_[i])};
    }
}

void worker_pool::quit() noexcept {
    if (quitting_.exchange(true))
        return;
    // A packet for each thread. If there is no memory for one, its thread looks after a tick.
    for (std::size_t i = 0; i < count_; ++i)
        static_cast<void>(port_.post(nullptr));
}

void worker_pool::join() noexcept {
    for (std::size_t i = 0; i < count_; ++i)
        if (workers_[i].thread.joinable())
            workers_[i].thread.join();
}

bool worker_pool::is_current() const noexcept {
    return current != nullptr && current->pool == this;
}

std::size_t worker_pool::ready() const noexcept {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < count_; ++i)
        sum += workers_[i].ready.size();
    return sum;
}

//! [schedule]
void worker_pool::schedule(operation& what) noexcept {
    if (!is_current()) {
        if (!port_.post(&what))
            workers_[0].ready.push(what, 0); // no memory: whoever looks there next, within a tick
        return;
    }
    current->ready.push(what, 0);
    if (sleeping_ != 0) // this thread may be in a handler, for as long as that likes
        wake_another();
}

// Whoever is in the port's queue already was ready before this one. Then it goes behind them, to
// the end of that queue, as if it had not been done at once.
void worker_pool::done_at_once(operation& what, DWORD bytes) noexcept {
    if (!current->others_wait || !port_.post(&what, bytes))
        current->ready.push(what, bytes);
}
//! [schedule]

//! [work]
void worker_pool::work(worker& self) noexcept {
    current = &self;
    while (!quitting_) {
        collect(self);
        tick_if_due();
        run_turn(self);
    }
    current = nullptr;
}

void worker_pool::collect(worker& self) noexcept {
    if (!self.ready.empty()) {
        self.others_wait = take_packets(self, 0) != 0;
        return;
    }
    // First "I sleep", then the look into the lists. Whoever leaves an operation in a list does it
    // the other way round: first the operation is in, then it looks for a sleeper. One of the two
    // sees the other, so no operation lies there while all sleep.
    ++sleeping_;
    if (!steal(self)) {
        const auto longest = std::chrono::ceil<std::chrono::milliseconds>(tick_);
        take_packets(self, static_cast<DWORD>(longest.count()));
    }
    --sleeping_;
}

void worker_pool::run_turn(worker& self) noexcept {
    for (std::size_t count = self.ready.size(); count != 0; --count) {
        DWORD bytes = 0;
        operation* const next = self.ready.pop(bytes);
        if (next == nullptr)
            return; // others have taken them
        if (sleeping_ != 0 && !self.ready.empty())
            wake_another();
        next->complete(bytes);
    }
}
//! [work]

//! [take-packets]
// Many packets in one call when there are many: twice as many as the last time if that brought all
// it asked for. But as long as another thread waits, one at a time: they shall share.
std::size_t worker_pool::take_packets(worker& self, DWORD milliseconds) noexcept {
    std::array<OVERLAPPED_ENTRY, most_packets> packets;
    const ULONG count = port_.collect({packets.data(), self.batch}, milliseconds);
    const bool full = count == self.batch && sleeping_ <= (milliseconds != 0 ? 1u : 0u);
    self.batch = full ? std::min(2 * self.batch, most_packets) : 1;
    std::size_t taken = 0;
    for (ULONG i = 0; i < count; ++i) {
        if (packets[i].lpOverlapped == nullptr) {
            wake_posted_ = false; // of wake_another(), or of quit()
            continue;
        }
        self.ready.push(*static_cast<operation*>(packets[i].lpOverlapped),
                        packets[i].dwNumberOfBytesTransferred);
        ++taken;
    }
    if (taken != 0) {
        counters::add(figures_.packets, taken);
        counters::add(figures_.wakeups);
    }
    return taken;
}
//! [take-packets]

bool worker_pool::steal(worker& self) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        DWORD bytes = 0;
        if (operation* const what = workers_[i].ready.pop(bytes)) {
            self.ready.push(*what, bytes);
            return true;
        }
    }
    return false;
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
