/// \file
/// The threads that complete operations.
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

/// A completion port, its threads, and the list of operations that are ready to be completed.
///
/// The ready list is one FIFO queue for all threads. Packets go to its end, and so do operations
/// that were done at once and queue no packet. Each thread takes the first operation, completes it,
/// and takes the next. So an operation that is always ready cannot overtake one whose packet has
/// come through the port, and completing one is bounded: whatever it starts goes to the end.
///
/// There is one list, and not one for each thread, for two reasons. Operations on a short list
/// would be completed more often than those on a long one. And an operation on a thread's own list
/// would wait for as long as that thread blocks; from this list any thread takes it.
///
/// No operation waits in the list while a thread sleeps: see sleep().
class worker_pool {
public:
    /// Makes a pool for `threads` threads, which start() starts. 0 is twice the number of
    /// processors: when a thread blocks, the port lets another one run. `concurrency` goes to the
    /// completion_port. `on_tick` is called about every `tick` on one of the threads, never twice
    /// at once, and must not block; no thread sleeps longer than `tick`. Throws std::system_error.
    /// Lifetime: `figures` outlives the pool.
    worker_pool(unsigned threads, unsigned concurrency, clock::duration tick,
                std::function<void(clock::time_point)> on_tick, pool_counters& figures);

    /// Calls quit() and join().
    ~worker_pool();

    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// Starts the threads. Throws std::system_error if one cannot be started.
    void start();

    /// Asks the threads to end. May be called on any thread, and more than once. No operation may
    /// be in flight: nobody would collect its packet.
    void quit() noexcept;

    /// Waits until the threads have ended. Call it outside the pool, on one thread at a time.
    void join() noexcept;

    /// Whether the calling thread is one of the pool's.
    [[nodiscard]] bool is_current() const noexcept;

    /// Returns the port at which the threads wait.
    [[nodiscard]] completion_port& port() noexcept { return port_; }

    /// Lets a thread of the pool complete `what`. May be called on any thread, and cannot fail.
    /// Lifetime: `what` lives until it is completed.
    void schedule(operation& what) noexcept;

    /// Does the same for an operation that was done at once and queues no packet. Call it only
    /// while an operation is being completed: it wakes no thread, since this one goes on with the
    /// list.
    void done_at_once(operation& what, DWORD bytes) noexcept { ready_.push(what, bytes); }

    /// Returns the number of operations in the ready list.
    [[nodiscard]] std::size_t ready() const noexcept { return ready_.size(); }

private:
    static constexpr std::size_t most_packets = 64; // the packets collected in one call at most

    void work() noexcept;
    void sleep() noexcept;
    void look_at_port() noexcept;
    void empty_port() noexcept;
    ULONG collect(std::size_t most, DWORD milliseconds) noexcept;
    void wake_another() noexcept;
    void tick_if_due() noexcept;

    //! [members]
    const std::size_t count_;    // the number of threads
    const unsigned concurrency_; // the threads that the port lets run at once
    completion_port port_;
    ready_list ready_;
    const clock::duration tick_;
    const std::function<void(clock::time_point)> on_tick_;
    pool_counters& figures_;
    std::vector<std::thread> threads_;

    std::atomic<bool> quitting_{false};
    std::atomic<unsigned> sleeping_{0};    // the threads that wait at the port, or are about to
    std::atomic<bool> wake_posted_{false}; // whether a packet of wake_another() is on its way
    std::atomic<unsigned> handled_{0};     // operations done while nobody looked at the port
    std::atomic<clock::rep> next_tick_;
    std::atomic<bool> ticking_{false};
    //! [members]
};

} // namespace iocp
