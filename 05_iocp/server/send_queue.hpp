/// \file
/// What a session has still to send.
#pragma once

#include "buffer_pool.hpp"

#include "win32/windows.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace iocp {

/// Bytes in order, in buffers of a pool. An empty queue holds no buffer.
///
/// Threads: one at a time. Lifetime: Windows may be reading what gather() has returned while more
/// is appended: that goes behind it, and bytes stay where they are until consume() drops them.
class send_queue {
public:
    /// Buffers that one send takes at most. Windows locks the memory of each while it sends.
    static constexpr std::size_t most_gathered = 16;
    using gathered = std::array<WSABUF, most_gathered>;

    explicit send_queue(buffer_pool& pool) noexcept : pool_{pool} {}
    ~send_queue() { clear(); }
    send_queue(const send_queue&) = delete;
    send_queue& operator=(const send_queue&) = delete;

    /// Copies `bytes` to the end. False: there is no memory, and nothing has changed.
    [[nodiscard]] bool append(std::span<const std::byte> bytes) noexcept;

    /// Puts `whole` at the end, with the first `count` bytes that are in it: at least one. Nothing
    /// is copied; the buffer goes back to its own pool when they are sent.
    void append(buffer_pool::handle whole, std::size_t count) noexcept;

    /// Fills in where the first bytes are. Returns the number of entries.
    [[nodiscard]] DWORD gather(gathered& buffers) const noexcept;

    /// Drops the first `count` bytes: they are sent.
    void consume(std::size_t count) noexcept;

    void clear() noexcept { consume(size_); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    using buffer = buffer_pool::buffer;

    buffer_pool& pool_;
    buffer* first_ = nullptr;
    buffer* last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace iocp
