#include "port.hpp"

#include "testing/exercise/check.hpp"
#include "testing/latch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using harness::latch;
using uncounted::port;

const exercise::rule count_when_given{
    "a thread counts as running from the moment when it is given a packet, and not only when it "
    "wakes",
    "05_iocp/inside/README.md", "Step 4: the limit"};

constexpr unsigned threads = 8;
constexpr unsigned bursts = 50;

// A port with its threads. Nothing is destroyed after a failure.
class pool {
public:
    [[nodiscard]] static pool& start(unsigned limit, std::function<void(int)> handle) {
        return *new pool{limit, std::move(handle)};
    }

    void post(int packet) { tested_.post(packet); }

    void end() {
        exercise::expect("close() lets all threads come back from work()");
        tested_.close();
        for (std::thread& each : threads_)
            each.join();
    }

private:
    pool(unsigned limit, std::function<void(int)> handle)
        : tested_{limit}, handle_{std::move(handle)} {
        for (unsigned i = 0; i < threads; ++i)
            threads_.emplace_back([this] { tested_.work(handle_); });
    }

    port tested_;
    const std::function<void(int)> handle_;
    std::vector<std::thread> threads_;
};

TEST(uncounted, EveryPacketIsHandledOnce) {
    exercise::about(count_when_given);
    constexpr unsigned in_a_burst = 500;
    constexpr unsigned one_by_one = 100;
    std::vector<std::atomic<int>>& handled =
        *new std::vector<std::atomic<int>>(in_a_burst + one_by_one);
    latch*& ended = *new latch*;
    pool& tested = pool::start(2, [&](int packet) {
        ++handled[static_cast<std::size_t>(packet)];
        ended->count_down();
    });
    int packet = 0;
    exercise::expect("8 threads handle a burst of 500 packets");
    ended = new latch{in_a_burst};
    for (unsigned i = 0; i < in_a_burst; ++i)
        tested.post(packet++);
    ended->wait();
    exercise::expect("they handle 100 packets more, which come one by one");
    for (unsigned i = 0; i < one_by_one; ++i) {
        ended = new latch{1};
        tested.post(packet++);
        ended->wait();
    }
    for (const std::atomic<int>& times : handled)
        exercise::require(times == 1, "one was handled " + std::to_string(times) + " times");
    tested.end();
}

TEST(uncounted, LimitIsReached) {
    exercise::about(count_when_given);
    latch*& both = *new latch*;
    latch*& ended = *new latch*;
    pool& tested = pool::start(2, [&](int) {
        both->arrive_and_wait();
        ended->count_down();
    });
    for (unsigned turn = 0; turn < bursts; ++turn) {
        exercise::expect("with a limit of 2, two packets are handled at the same time");
        both = new latch{2};
        ended = new latch{2};
        tested.post(1);
        tested.post(2);
        ended->wait();
    }
    tested.end();
}

TEST(uncounted, LimitIsNotExceeded) {
    exercise::about(count_when_given);
    for (const int limit : {1, 2, 4}) {
        std::atomic<int>& at_once = *new std::atomic<int>{0};
        std::atomic<bool>& all_posted = *new std::atomic<bool>{false};
        latch*& ended = *new latch*;
        pool& tested = pool::start(static_cast<unsigned>(limit), [&, limit](int) {
            const int now = ++at_once;
            exercise::require(now <= limit, std::to_string(now) + " threads handle packets");
            while (!all_posted)
                std::this_thread::yield();
            // Others that were woken show themselves now. The verdict does not depend on it: it
            // only makes a fault visible sooner.
            for (int i = 0; i < 20; ++i)
                std::this_thread::yield();
            --at_once;
            ended->count_down();
        });
        for (unsigned burst = 0; burst < bursts; ++burst) {
            exercise::expect("8 threads wait at a port with a limit of " + std::to_string(limit) +
                             ", and 8 packets come in a burst; at most " + std::to_string(limit) +
                             " of the threads handle packets at a time");
            ended = new latch{threads};
            for (unsigned packet = 0; packet < threads; ++packet)
                tested.post(static_cast<int>(packet));
            all_posted = true;
            ended->wait();
            all_posted = false;
        }
        tested.end();
    }
}

TEST(uncounted, OneAtATimeKeepsTheOrder) {
    exercise::about(count_when_given);
    int& next = *new int{0}; // of one thread at a time: the limit is 1
    latch*& ended = *new latch*;
    pool& tested = pool::start(1, [&](int packet) {
        exercise::require(packet == next, "packet " + std::to_string(packet) +
                                              " comes before packet " + std::to_string(next));
        ++next;
        ended->count_down();
    });
    int packet = 0;
    for (unsigned burst = 0; burst < bursts; ++burst) {
        exercise::expect("with a limit of 1, packets are handled in the order in which they were "
                         "posted");
        ended = new latch{threads};
        for (unsigned i = 0; i < threads; ++i)
            tested.post(packet++);
        ended->wait();
    }
    tested.end();
}

} // namespace
