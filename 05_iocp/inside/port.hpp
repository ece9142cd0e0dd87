/// \file
/// A completion port in user space, made to look inside one.
#pragma once

#include "win32/slim_lock.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

namespace inside {

/// What a thread takes out of a port. The port itself reads none of the three.
struct packet {
    std::uintptr_t key = 0;    ///< whose operation it was: a handle is associated with its key
    void* operation = nullptr; ///< which operation it was
    std::uint32_t bytes = 0;   ///< how it ended
};

/// How a wait for packets ended.
enum class outcome : std::uint32_t {
    nothing, ///< the time was up, and nothing was taken
    taken,   ///< with a packet, or several
    closed,  ///< the port is closed, and nothing was taken
};

//! [queue]
/// Step 1: packets wait for threads, and leave in the order in which they came. By itself this is a
/// port for one thread, which has to look again and again.
class packet_queue {
public:
    /// Throws std::bad_alloc, and then nothing was added.
    void add(const packet& what) { packets_.push_back(what); }
    /// Moves the first packets to `taken`, as many as fit, and returns their number.
    std::size_t take(std::span<packet> taken) noexcept;

private:
    std::deque<packet> packets_;
};
//! [queue]

//! [place]
/// Step 2: a place where one thread sleeps until another one brings it a packet. By itself this is
/// the wait of a thread that has one client.
class place {
public:
    /// Ends the sleep with a packet, and wake() has to follow. Once at most, and not after close().
    void give(const packet& what) noexcept;
    /// Ends the sleep without a packet, likewise.
    void close() noexcept { state_ = outcome::closed; }
    /// Wakes the thread. Lifetime: the place may be gone by now, for the thread may have seen its
    /// new state before. The call uses the address as a name, and reads nothing there.
    void wake() noexcept { ::WakeByAddressSingle(&state_); }
    /// Sleeps until give() or close() has been called, for up to `milliseconds`.
    outcome sleep(DWORD milliseconds) noexcept;
    /// Returns the packet that sleep() has ended with.
    [[nodiscard]] const packet& given() const noexcept { return packet_; }

private:
    std::atomic<outcome> state_{outcome::nothing};
    packet packet_;
};
//! [place]

/// The order in which threads that wait are woken.
enum class release { last_in_first_out, first_in_first_out };

/// A completion port: packets first in, first out; waiting threads last in, first out; at most
/// `limit` of them running. Threads: all functions from any thread.
class port {
public:
    /// Makes a port. The limit is 1 at least; the number of processors is the usual one.
    explicit port(unsigned limit, release order = release::last_in_first_out)
        : limit_{limit}, order_{order} {}

    /// Lifetime: no thread is in one of the functions any more; each that took a packet has left
    /// since; and no blocking_section that told this port is left. (The calling thread itself may
    /// still count as running.)
    ~port();

    /// Gives a packet to a thread that waits and may run, or else queues it. False if the port is
    /// closed. Throws std::bad_alloc, and then nothing was queued.
    bool post(const packet& what);

    /// Waits for a packet for up to `milliseconds`. Then takes as many as are there and `taken`,
    /// which is not empty, has room for, and sets `count` to their number. The thread that took
    /// some counts as running until it comes here again, leaves, or comes to another port. Throws
    /// std::bad_alloc, and then nothing was taken and the thread does not run.
    outcome get_many(std::span<packet> taken, std::size_t& count, DWORD milliseconds = INFINITE);

    /// Does the same for one packet.
    outcome get(packet& taken, DWORD milliseconds = INFINITE) {
        std::size_t count = 0;
        return get_many({&taken, 1}, count, milliseconds);
    }

    /// Ends all waits, now and from now on. Nobody gets the packets that are still in the queue.
    void close() noexcept;

    /// Says that the calling thread will not come again: it is about to end.
    void leave() noexcept;

private:
    friend class blocking_section;
    [[nodiscard]] place* hand_over() noexcept REQUIRES(lock_);

    const unsigned limit_;
    const release order_;
    win32::slim_lock lock_;
    packet_queue packets_ GUARDED_BY(lock_);
    std::deque<place*> waiting_ GUARDED_BY(lock_); // in the order in which they came
    unsigned running_ GUARDED_BY(lock_) = 0;       // threads that have taken packets
    bool closed_ GUARDED_BY(lock_) = false;
};

/// Tells the port that the calling thread blocks from here to the end of this object, so that
/// another one may run meanwhile. A thread that has taken no packet may use it, too, and one may
/// stand within another. Threads: it ends in the thread that made it. Lifetime: the port outlives
/// it.
class blocking_section {
public:
    blocking_section() noexcept;
    /// The thread runs again, even if that makes one more than the limit.
    ~blocking_section();
    blocking_section(const blocking_section&) = delete;
    blocking_section& operator=(const blocking_section&) = delete;

private:
    port* const left_;
};

} // namespace inside
