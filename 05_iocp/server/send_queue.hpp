/// \file
/// The bytes that a session has still to send.
#pragma once

#include "buffer_pool.hpp"

#include "win32/windows.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace iocp {

/// A queue of bytes in buffers of a pool. An empty queue holds no buffer.
///
/// Threads: one at a time. Lifetime: bytes stay in place until consume() drops them. So Windows may
/// read what gather() has returned while more is appended.
class send_queue {
public:
    /// The buffers of one send at most. Windows locks the memory of each while it sends.
    static constexpr std::size_t most_gathered = 16;
    using gathered = std::array<WSABUF, most_gathered>;

    explicit send_queue(buffer_pool& pool) noexcept : pool_{pool} {}
    ~send_queue() { clear(); }
    send_queue(const send_queue&) = delete;
    send_queue& operator=(const send_queue&) = delete;

    /// Copies `bytes` to the end. Returns false if there is no memory; nothing has changed then.
    [[nodiscard]] bool append(std::span<const std::byte> bytes) noexcept;

    /// Adds the first `count` bytes of `whole`, at least one, at the end without copying them. The
    /// buffer goes back to its own pool when they are sent.
    void append(buffer_pool::handle whole, std::size_t count) noexcept;

    /// Fills `buffers` with the places of the first bytes. Returns the number of entries.
    [[nodiscard]] DWORD gather(gathered& buffers) const noexcept;

    /// Drops the first `count` bytes, which have been sent.
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
