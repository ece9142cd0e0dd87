#pragma once

#include "win32/slim_lock.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace uncounted {

/// A completion port in user space: packets leave it first in, first out; waiting threads wake last
/// in, first out; at most `limit` threads handle packets at a time.
///
/// Threads: all functions from any thread. Lifetime: longer than that of work().
class port {
public:
    explicit port(unsigned limit) : limit_{limit} {}

    port(const port&) = delete;
    port& operator=(const port&) = delete;

    /// Gives a packet to a thread that waits and may run, or else queues it.
    void post(int packet) {
        const std::lock_guard lock{lock_};
        packets_.push_back(packet);
        if (running_ < limit_ && !waiting_.empty())
            hand_over();
    }

    /// Handles packets on the calling thread, one after the other, until the port is closed.
    void work(const std::function<void(int packet)>& handle) {
        std::unique_lock lock{lock_};
        while (const std::optional<int> packet = take(lock)) {
            ++running_;
            lock.unlock();
            handle(*packet);
            lock.lock();
            --running_; // it has come back
        }
    }

    /// Lets all threads come back from work(). Nobody gets the packets that are left.
    void close() {
        const std::lock_guard lock{lock_};
        closed_ = true;
        for (place* const each : waiting_)
            each->wake();
        waiting_.clear();
    }

private:
    // Where one thread waits for its packet, or for the end.
    struct place {
        // The place is there until the lock is open again: the thread that leaves takes the lock.
        void wake() {
            has_ended = true;
            ::WakeByAddressSingle(&has_ended);
        }

        void sleep() {
            bool waits = false;
            while (!has_ended)
                ::WaitOnAddress(&has_ended, &waits, sizeof waits, INFINITE);
        }

        std::atomic<bool> has_ended{false};
        std::optional<int> packet;
    };

    // Waits for a packet, and takes it; nothing if the port is closed. The lock is open meanwhile.
    std::optional<int> take(std::unique_lock<win32::slim_lock>& lock) {
        if (closed_)
            return std::nullopt;
        if (running_ < limit_ && !packets_.empty())
            return first_packet();
        for (;;) {
            place mine;
            waiting_.push_back(&mine);
            lock.unlock();
            mine.sleep();
            lock.lock();
            if (!mine.packet || running_ < limit_)
                return mine.packet;
            packets_.push_back(*mine.packet); // others were quicker: it has to wait
        }
    }

    // Gives the first packet to the thread that has come last, and wakes it.
    void hand_over() {
        place& next = *waiting_.back();
        waiting_.pop_back();
        next.packet = first_packet();
        next.wake();
    }

    int first_packet() {
        const int first = packets_.front();
        packets_.pop_front();
        return first;
    }

    const unsigned limit_;
    win32::slim_lock lock_; // guards all that follows
    std::deque<int> packets_;
    std::vector<place*> waiting_; // in the order in which they came
    unsigned running_ = 0;        // threads that handle packets
    bool closed_ = false;
};

} // namespace uncounted
