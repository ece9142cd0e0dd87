/// \file
/// The threads that handle what comes out of the port.
#pragma once

#include "completion_port.hpp"
#include "counters.hpp"
#include "ready_list.hpp"
#include "timer_wheel.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace iocp {

/// A completion port, its threads, and the list of what they have still to do.
///
/// Packets go to the end of the ready list, and so does every operation that is done at once; each
/// thread takes the first, handles it, and takes the next. What has come to the port meanwhile is
/// collected by a thread that sleeps there, or else every few turns by one of them. So all wait in
/// one queue, a client that always has
/// something ready, and one that comes by way of the port; and each turn is bounded, for what it
/// starts goes to the end again.
///
/// One list for all threads, and not one for each, for two reasons. Clients on a short list would
/// be served more often than those on a long one. And what lies on a thread's own list waits for
/// that thread, however long its handler blocks; from this one any thread takes it.
///
/// Nothing waits while a thread sleeps: see sleep().
class worker_pool {
public:
    /// `threads` threads are made by start(). 0 is twice the processors: when a thread blocks in
    /// its work, the port lets another one run. `concurrency`: see completion_port. `on_tick` is
    /// called every `tick` or so, on one of the threads, one at a time, and must not block; no
    /// thread sleeps longer than that. Throws std::system_error.
    worker_pool(unsigned threads, unsigned concurrency, clock::duration tick,
                std::function<void(clock::time_point)> on_tick, pool_counters& figures);

    /// quit(), and waits for the threads.
    ~worker_pool();

    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// Starts the threads. Throws std::system_error when one cannot be made.
    void start();

    /// Asks the threads to end. Any thread, and more than once. What is in flight by then is not
    /// collected: so nothing may be.
    void quit() noexcept;

    /// Waits until they have ended. From outside the pool; one thread at a time.
    void join() noexcept;

    /// Whether the calling thread is one of these.
    [[nodiscard]] bool is_current() const noexcept;

    /// The port at which the threads wait.
    [[nodiscard]] completion_port& port() noexcept { return port_; }

    /// Lets `what` be completed on a thread of the pool. Any thread; cannot fail.
    /// Lifetime: `what` lives until then.
    void schedule(operation& what) noexcept;

    /// Likewise, for an operation that was done at once and of which no packet comes. To be called
    /// at the end of a completion: this thread goes on with the list.
    void done_at_once(operation& what, DWORD bytes) noexcept { ready_.push(what, bytes); }

    /// Operations in the ready list, for the statistics.
    [[nodiscard]] std::size_t ready() const noexcept { return ready_.size(); }

private:
    static constexpr std::size_t most_packets = 64; // in one call

    void work() noexcept;
    void sleep() noexcept;
    void look_at_port() noexcept;
    void empty_port() noexcept;
    ULONG collect(std::size_t most, DWORD milliseconds) noexcept;
    void wake_another() noexcept;
    void tick_if_due() noexcept;

    const std::size_t count_;    // of threads
    const unsigned concurrency_; // so many of them the port lets run at once
    completion_port port_;
    ready_list ready_;
    const clock::duration tick_;
    const std::function<void(clock::time_point)> on_tick_;
    pool_counters& figures_;
    std::vector<std::thread> threads_;

    std::atomic<bool> quitting_{false};
    std::atomic<unsigned> sleeping_{0};    // threads that wait at the port, or are about to
    std::atomic<bool> wake_posted_{false}; // a packet of wake_another() is on its way
    std::atomic<unsigned> handled_{0};     // operations handled while no packet would wake a thread
    std::atomic<clock::rep> next_tick_;
    std::atomic<bool> ticking_{false};
};

} // namespace iocp
