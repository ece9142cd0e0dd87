/// \file
/// The threads that handle what comes out of the port.
#pragma once

#include "completion_port.hpp"
#include "ready_list.hpp"
#include "statistics.hpp"
#include "timer_wheel.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace iocp {

/// A completion port and its threads.
///
/// Each thread goes round: collect packets, and handle what is in its ready list, which is bounded
/// by what was there when it began. What an operation adds by being done at once waits for the next
/// round, and packets are collected before that. So a client that always has something ready gets
/// one turn in each round, as everybody does.
///
/// No operation waits while a thread sleeps: a thread takes from the others' lists before it goes
/// to sleep, and one that has more in its list than the operation it begins with wakes another. So
/// a handler that blocks holds up its own session only, as long as a thread is free.
class worker_pool {
public:
    /// `threads` threads are made by start(). 0 is twice the processors: when a thread blocks in
    /// its work, the port lets another one run. `concurrency`: see completion_port. `on_tick` is
    /// called every `tick` or so, on one of the threads, one at a time, and must not block; the
    /// threads wait no longer than that. Throws std::system_error.
    worker_pool(unsigned threads, unsigned concurrency, clock::duration tick,
                std::function<void(clock::time_point)> on_tick, counters& figures);

    /// quit(), and waits for the threads.
    ~worker_pool();

    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// Starts the threads. Throws std::system_error when one cannot be made.
    void start();

    /// Asks the threads to end. Any thread, and more than once. What is in flight by then is not
    /// collected: so nothing may be.
    void quit() noexcept;

    /// Waits until they have. From outside the pool; one at a time.
    void join() noexcept;

    /// Whether the calling thread is one of these.
    [[nodiscard]] bool is_current() const noexcept;

    [[nodiscard]] completion_port& port() noexcept { return port_; }

    /// Lets `what` be completed on a thread of the pool, soon. Any thread; cannot fail.
    /// Lifetime: `what` lives until then.
    void schedule(operation& what) noexcept;

    /// Likewise for an operation that was done at once and of which no packet comes. On a thread of
    /// the pool only.
    void done_at_once(operation& what, DWORD bytes) noexcept;

    /// Operations in the ready lists, for the statistics.
    [[nodiscard]] std::size_t ready() const noexcept;

private:
    // A thread takes so many packets in one call at most. They wait in its list then, where another
    // thread finds them only when it looks there: so not more than a moment's work.
    static constexpr std::size_t most_packets = 16;

    struct worker {
        worker_pool* pool = nullptr;
        ready_list ready;
        std::size_t batch = 1;    // packets to ask for
        bool others_wait = false; // the port had packets when this thread had work, too
        std::thread thread;
    };

    void work(worker& self) noexcept;
    void collect(worker& self) noexcept;
    std::size_t take_packets(worker& self, DWORD milliseconds) noexcept;
    void run_turn(worker& self) noexcept;
    bool steal(worker& self) noexcept;
    void wake_another() noexcept;
    void tick_if_due() noexcept;

    static thread_local worker* current;

    completion_port port_;
    const clock::duration tick_;
    const std::function<void(clock::time_point)> on_tick_;
    counters& figures_;
    const std::size_t count_;
    const std::unique_ptr<worker[]> workers_;

    std::atomic<bool> quitting_{false};
    std::atomic<unsigned> sleeping_{0};     // threads that wait at the port, or are about to
    std::atomic<bool> wake_posted_{false};  // a packet of wake_another() is on its way
    std::atomic<clock::rep> next_tick_;
    std::atomic<bool> ticking_{false};
};

} // namespace iocp
