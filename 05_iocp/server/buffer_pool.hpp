/// \file
/// A pool of buffers.
#pragma once

#include "win32/slim_lock.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace iocp {

/// Lends buffers of one size, and keeps a limited number of those that come back. So a session
/// holds a buffer only while there are bytes in it.
///
/// Threads: all functions from any thread. Lifetime: the pool outlives its buffers.
class buffer_pool {
public:
    /// A buffer on loan. Its bytes follow it in memory.
    class buffer {
    public:
        [[nodiscard]] std::span<std::byte> bytes() noexcept {
            return {reinterpret_cast<std::byte*>(this + 1), size_};
        }

    private:
        friend class buffer_pool;
        friend class send_queue;

        buffer(std::size_t size, buffer_pool& home) noexcept : size_{size}, home_{home} {}

        std::size_t size_;
        buffer_pool& home_;
        buffer* next_ = nullptr; // the next one in the pool, or in a send_queue
        std::size_t begin_ = 0;  // in a send_queue its bytes lie in [begin_, end_)
        std::size_t end_ = 0;
    };

    struct give_back {
        void operator()(buffer* what) const noexcept { what->home_.put(what); }
    };
    using handle = std::unique_ptr<buffer, give_back>;

    /// Makes a pool of buffers of `size` bytes, which keeps up to `kept` free ones.
    buffer_pool(std::size_t size, std::size_t kept) noexcept : size_{size}, kept_{kept} {}
    ~buffer_pool();
    buffer_pool(const buffer_pool&) = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;

    /// Lends a buffer; the handle is empty if there is no memory.
    [[nodiscard]] handle take() noexcept;

    [[nodiscard]] std::size_t buffer_size() const noexcept { return size_; }

private:
    void put(buffer* what) noexcept;

    const std::size_t size_;
    const std::size_t kept_;
    win32::slim_lock lock_;
    buffer* free_ GUARDED_BY(lock_) = nullptr;
    std::size_t count_ GUARDED_BY(lock_) = 0; // the number of buffers in free_
};

} // namespace iocp
