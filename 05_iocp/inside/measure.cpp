#include "measure.hpp"

#include "port.hpp"
#include "switches.hpp"
#include "system_port.hpp"
#include "win32/error.hpp"
#include "win32/thread.hpp"
#include "win32/under_wine.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace inside {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::uintptr_t stop = ~std::uintptr_t{0};

// ---- Work: pure computing, so that a thread which works does not wait

std::uint32_t compute(std::uint32_t turns) noexcept {
    std::uint32_t value = turns;
    for (; turns != 0; --turns)
        value = value * 1'664'525 + 1'013'904'223;
    return value;
}

std::atomic<std::uint32_t> result_of_work; // else a compiler may leave the work out

// Measures how many turns of compute() take a microsecond, when nothing else runs.
double measure_turns() {
    constexpr std::uint32_t turns = 200'000;
    auto best = clock::duration::max();
    for (int i = 0; i < 20; ++i) {
        const clock::time_point begin = clock::now();
        result_of_work = compute(turns);
        best = std::min(best, clock::now() - begin);
    }
    return turns / std::chrono::duration<double, std::micro>{best}.count();
}

// Returns that many for so long a time. It is measured once, so that all designs have the same
// work.
std::uint32_t turns_for(unsigned microseconds) {
    static const double turns_a_microsecond = measure_turns();
    return static_cast<std::uint32_t>(turns_a_microsecond * microseconds);
}

// ---- A number that threads count down, and one waits for

class countdown {
public:
    // Called while no thread counts, and none waits.
    void reset(std::uint32_t number) {
        left_ = number;
        done_.emplace();
    }
    void count() noexcept {
        place& done = *done_; // first: after the last count it may be reset
        if (--left_ != 0)
            return;
        done.give({});
        done.wake();
    }
    void wait() noexcept { done_->sleep(INFINITE); }

private:
    std::atomic<std::uint32_t> left_{0};
    std::optional<place> done_;
};

// ---- The pool

// Ends the threads that wait at a port, now or later. With ours that takes no memory.
void end_waits(port& at, std::size_t) noexcept {
    at.close();
}

// The system's port may not be closed under a thread that is still about to wait: so a packet for
// each of them. If it is refused, the system is out of memory for a moment: without the packet the
// join would wait for ever.
void end_waits(system_port& at, std::size_t threads) noexcept {
    for (; threads != 0; --threads)
        while (!at.post({stop, nullptr, 0}))
            ::Sleep(1);
}

// The threads, each at one of the ports. Packets of client c go to port c modulo their number.
template <class Port>
class pool {
public:
    // Lifetime: the ports outlive the pool.
    pool(std::vector<std::unique_ptr<Port>>& ports, unsigned threads, std::uint32_t turns)
        : ports_{ports}, turns_{turns}, handled_(threads) {}

    // Starts the threads, and returns when each is about to wait at its port. If one cannot be
    // started, the destructor ends the others.
    void start() {
        left_.reset(static_cast<std::uint32_t>(handled_.size()));
        for (std::size_t i = 0; i < handled_.size(); ++i)
            threads_.push_back(win32::make_thread(&pool::work, this, i));
        left_.wait();
    }

    // Packets may be left, after a burst that has failed.
    ~pool() {
        for (const std::unique_ptr<Port>& each : ports_)
            end_waits(*each, threads_.size());
        for (std::thread& each : threads_)
            each.join();
    }

    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    // Posts packets of the next `count` clients, and waits until they are handled. Throws if one
    // cannot be posted, for that one would never be handled.
    void burst(unsigned count) {
        left_.reset(count);
        for (unsigned i = 0; i < count; ++i, ++client_)
            if (!ports_[client_ % ports_.size()]->post({client_ % clients, nullptr, 0}))
                win32::throw_last_error("PostQueuedCompletionStatus"); // ours refuses none
        left_.wait();
    }

    // Throws std::bad_alloc if a thread had no memory to wait: then the figures say nothing.
    void require_memory() const {
        if (out_of_memory_)
            throw std::bad_alloc{};
    }

    // Returns the number of threads that have handled a packet.
    [[nodiscard]] double threads_that_worked() const {
        return static_cast<double>(
            std::ranges::count_if(handled_, [](const auto& each) { return each != 0; }));
    }

    // Forgets what was handled so far.
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
            result_of_work = compute(turns_);
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

// Waits until the threads sleep: what they do before that is not to be counted.
std::optional<switches> settle(const std::optional<switch_counter>& counter) {
    if (!counter)
        return std::nullopt;
    std::optional<switches> before = counter->count();
    for (int i = 0; i < 100 && before; ++i) {
        ::Sleep(1);
        const std::optional<switches> now = counter->count();
        if (now->waiting == before->waiting)
            break;
        before = now;
    }
    return before;
}

template <class Port>
figures measure_at(std::vector<std::unique_ptr<Port>> ports, unsigned threads, const load& what,
                   bool counts) {
    const std::uint32_t turns = turns_for(what.microseconds);
    std::optional<switch_counter> counter;
    if (counts)
        counter.emplace();
    pool<Port> workers{ports, threads, turns};
    workers.start();
    workers.burst(what.burst); // so that everything has been in use once
    const std::optional<switches> before = settle(counter);
    workers.forget();

    const clock::time_point begin = clock::now();
    for (unsigned i = 0; i < what.bursts; ++i)
        workers.burst(what.burst);
    const std::chrono::duration<double, std::micro> time = clock::now() - begin;

    const std::optional<switches> after = settle(counter); // with the last thread's way back
    workers.require_memory();
    const double packets = what.burst * what.bursts;
    figures result;
    if (before && after) {
        result.switches = static_cast<double>(after->waiting - before->waiting) / packets;
        if (win32::under_wine())
            result.preempted = static_cast<double>(after->preempted - before->preempted) / packets;
    }
    result.threads = workers.threads_that_worked();
    result.microseconds = time.count() / packets;
    return result;
}

} // namespace

figures measure(const design& how, const load& what, unsigned threads, unsigned limit,
                bool counts) {
    constexpr unsigned unlimited = std::numeric_limits<unsigned>::max();
    if (how.how == design::kind::windows) {
        std::vector<std::unique_ptr<system_port>> ports;
        ports.push_back(std::make_unique<system_port>(limit));
        return measure_at(std::move(ports), threads, what, counts);
    }
    std::vector<std::unique_ptr<port>> ports;
    if (how.how == design::kind::thread_each) {
        for (unsigned i = 0; i < clients; ++i)
            ports.push_back(std::make_unique<port>(1u));
        return measure_at(std::move(ports), clients, what, counts);
    }
    ports.push_back(std::make_unique<port>(how.has_limit ? limit : unlimited,
                                           how.how == design::kind::last_first
                                               ? release::last_in_first_out
                                               : release::first_in_first_out));
    return measure_at(std::move(ports), threads, what, counts);
}

} // namespace inside
