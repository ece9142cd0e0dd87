/// \file
/// The memory of a recording: a ring of chunks, of which each thread holds one at a time.
#pragma once

#include "event.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trace {

/// A bounded store of events. A thread takes a chunk, fills it, gives it back and takes the next
/// one in the ring: the oldest one, whose events are then lost, and counted. It takes no lock and
/// no allocation: the ring is reserved beforehand, and the system fills it with memory as it is
/// used.
class event_store {
public:
    static constexpr std::uint32_t chunk_size = 256; ///< events, 16 KiB
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    event_store() = default;
    ~event_store();
    event_store(const event_store&) = delete;
    event_store& operator=(const event_store&) = delete;

    /// Empties the store and makes room for `chunks` chunks. No thread may hold one. Throws
    /// std::system_error.
    void reset(std::uint32_t chunks);

    /// A chunk with room for at least one event, for the caller alone; or `none` when other threads
    /// hold all. Any thread.
    [[nodiscard]] std::uint32_t acquire() noexcept;

    /// Gives back a chunk that is full. Any thread.
    void release_full(std::uint32_t chunk) noexcept;

    /// Gives back a chunk that still has room. The next thread goes on in it; otherwise many short
    /// threads would use the ring up. Any thread.
    void release_with_room(std::uint32_t chunk) noexcept;

    /// Appends to a chunk that the caller holds, and returns whether there is room for another
    /// event.
    bool append(std::uint32_t chunk, const event& what) noexcept;

    /// Counts an event that could not be kept. Any thread.
    void drop(std::uint64_t count = 1) noexcept { dropped_.fetch_add(count); }

    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(); }

    /// All events, in no order; they stay until reset(). No thread may append meanwhile.
    [[nodiscard]] std::vector<const event*> events() const;

private:
    enum : std::uint32_t { free, full, in_use };
    struct header {
        std::atomic<std::uint32_t> state;
        std::atomic<std::uint32_t> count;
    };

    void unreserve() noexcept;

    event* events_ = nullptr;
    header* headers_ = nullptr;
    std::uint32_t chunks_ = 0;
    std::atomic<std::uint32_t> next_{0};
    std::atomic<std::uint32_t> spare_{none}; // a chunk with room
    std::atomic<std::uint64_t> dropped_{0};
};

} // namespace trace
