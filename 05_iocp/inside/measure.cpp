#include "measure.hpp"

#include "port.hpp"
#include "switches.hpp"
#include "system_port.hpp"
#include "win32/under_wine.hpp"
#include "workers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace inside {

namespace {

using clock = std::chrono::steady_clock;

// Measures how many turns of compute() take a microsecond, when nothing else runs.
double measure_turns() {
    constexpr std::uint32_t turns = 200'000;
    auto best = clock::duration::max();
    for (int i = 0; i < 20; ++i) {
        const clock::time_point begin = clock::now();
        compute(turns);
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
