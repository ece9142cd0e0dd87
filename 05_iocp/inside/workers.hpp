/// \file
/// The threads of the experiment: they take packets out of ports, and compute for each.
#pragma once

#include "measure.hpp"
#include "port.hpp"
#include "system_port.hpp"
#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <vector>

namespace inside {

/// The key of a packet that ends its thread.
inline constexpr std::uintptr_t stop = ~std::uintptr_t{0};

/// The last result of compute(): else a compiler may leave the work out.
inline std::atomic<std::uint32_t> result_of_work;

/// Pure computing, so that a thread which works does not wait.
inline void compute(std::uint32_t turns) noexcept {
    std::uint32_t value = turns;
    for (; turns != 0; --turns)
        value = value * 1'664'525 + 1'013'904'223;
    result_of_work = value;
}

/// A number that threads count down to 0, and that one thread waits for.
class countdown {
public:
    /// Begins anew. No thread counts then, and none waits.
    void reset(std::uint32_t number) {
        left_ = number;
        done_.emplace();
    }
    /// Counts one down.
    void count() noexcept {
        place& done = *done_; // first: after the last count it may be reset
        if (--left_ != 0)
            return;
        done.give({});
        done.wake();
    }
    /// Returns when 0 has been counted.
    void wait() noexcept { done_->sleep(INFINITE); }

private:
    std::atomic<std::uint32_t> left_{0};
    std::optional<place> done_;
};

/// Ends the threads that wait at a port, now or later. With ours that takes no memory.
inline void end_waits(port& at, std::size_t) noexcept {
    at.close();
}

/// The system's port may not be closed under a thread that is still about to wait: so a packet for
/// each of them. If it is refused, the system is out of memory for a moment: without the packet the
/// join would wait for ever.
inline void end_waits(system_port& at, std::size_t threads) noexcept {
    for (; threads != 0; --threads)
        while (!at.post({stop, nullptr, 0}))
            ::Sleep(1);
}

/// The threads, each at one of the ports. Packets of client c go to port c modulo their number.
template <class Port>
class pool {
public:
    /// Makes none yet: `threads` is how many start() will. Lifetime: the ports outlive the pool.
    pool(std::vector<std::unique_ptr<Port>>& ports, unsigned threads, std::uint32_t turns)
        : ports_{ports}, turns_{turns}, handled_(threads) {}

    /// Starts the threads, and returns when each is about to wait at its port. If one cannot be
    /// started, the destructor ends the others.
    void start() {
        left_.reset(static_cast<std::uint32_t>(handled_.size()));
        for (std::size_t i = 0; i < handled_.size(); ++i)
            threads_.push_back(win32::make_thread(&pool::work, this, i));
        left_.wait();
    }

    /// Ends the threads. Packets may be left, after a burst that has failed.
    ~pool() {
        for (const std::unique_ptr<Port>& each : ports_)
            end_waits(*each, threads_.size());
        for (std::thread& each : threads_)
            each.join();
    }

    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    /// Posts packets of the next `count` clients, and waits until they are handled. Throws if one
    /// cannot be posted, for that one would never be handled.
    void burst(unsigned count) {
        left_.reset(count);
        for (unsigned i = 0; i < count; ++i, ++client_)
            if (!ports_[client_ % ports_.size()]->post({client_ % clients, nullptr, 0}))
                win32::throw_last_error("PostQueuedCompletionStatus"); // ours refuses none
        left_.wait();
    }

    /// Throws std::bad_alloc if a thread had no memory to wait: then the figures say nothing.
    void require_memory() const {
        if (out_of_memory_)
            throw std::bad_alloc{};
    }

    /// Returns the number of threads that have handled a packet.
    [[nodiscard]] double threads_that_worked() const {
        return static_cast<double>(
            std::ranges::count_if(handled_, [](const auto& each) { return each != 0; }));
    }

    /// Forgets what was handled so far.
    void forget() {
        for (auto& each : handled_)
            each = 0;
    }

private:
    void work(std::size_t number) {
        Port& port = *ports_[number % ports_.size()];
        left_.count();
        packet taken;
        while (get(port, taken) == outcome::taken && taken.key != stop) {
            compute(turns_);
            ++handled_[number];
            left_.count();
        }
        port.leave();
    }

    // Goes on without memory, and only notes it: an exception would end the program, and a thread
    // that left would leave packets behind. Taking one that is there needs no memory.
    outcome get(Port& port, packet& taken) noexcept {
        for (;;)
            try {
                return port.get(taken);
            } catch (const std::bad_alloc&) {
                out_of_memory_ = true;
            }
    }

    std::vector<std::unique_ptr<Port>>& ports_;
    const std::uint32_t turns_;
    std::vector<std::atomic<unsigned>> handled_; // by each thread
    std::atomic<bool> out_of_memory_ = false;
    countdown left_;
    std::size_t client_ = 0;
    std::vector<std::thread> threads_;
};

} // namespace inside
