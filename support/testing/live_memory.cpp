#include "testing/live_memory.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include <malloc.h> // _aligned_malloc: Microsoft's run-time library has no std::aligned_alloc

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

constexpr std::size_t default_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

// The size of each block is kept in front of it, for operator delete is not always told. As many
// bytes in front as the alignment asks for keep the block itself aligned.
constexpr std::size_t space_in_front(std::size_t alignment) {
    return std::max(alignment, sizeof(std::size_t));
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    const std::size_t front = space_in_front(alignment);
    if (size > static_cast<std::size_t>(-1) - front)
        return nullptr;
    char* const start = static_cast<char*>(::_aligned_malloc(front + size, front));
    if (start == nullptr)
        return nullptr;
    char* const block = start + front;
    std::memcpy(block - sizeof size, &size, sizeof size);

    const std::size_t now = live.fetch_add(size) + size;
    std::size_t highest = peak.load();
    while (highest < now && !peak.compare_exchange_weak(highest, now)) {
    }
    return block;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    for (;;) {
        if (void* const block = allocate(size, alignment))
            return block;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr)
            throw std::bad_alloc{};
        handler();
    }
}

void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
    try {
        return allocate_or_throw(size, alignment);
    } catch (...) {
        return nullptr;
    }
}

void release(void* block, std::size_t alignment) noexcept {
    if (block == nullptr)
        return;
    std::size_t size = 0;
    std::memcpy(&size, static_cast<char*>(block) - sizeof size, sizeof size);
    live.fetch_sub(size);
    ::_aligned_free(static_cast<char*>(block) - space_in_front(alignment));
}

std::size_t number(std::align_val_t alignment) {
    return static_cast<std::size_t>(alignment);
}

} // namespace

// All forms, and none left to its default: a block from one of these must never reach an operator
// delete of the run-time library, nor the other way round.
// clang-format off
void* operator new(std::size_t n) { return allocate_or_throw(n, default_alignment); }
void* operator new[](std::size_t n) { return allocate_or_throw(n, default_alignment); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate_or_throw(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate_or_throw(n, number(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return allocate_or_null(n, default_alignment); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return allocate_or_null(n, default_alignment); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return allocate_or_null(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return allocate_or_null(n, number(a)); }

void operator delete(void* p) noexcept { release(p, default_alignment); }
void operator delete[](void* p) noexcept { release(p, default_alignment); }
void operator delete(void* p, std::size_t) noexcept { release(p, default_alignment); }
void operator delete[](void* p, std::size_t) noexcept { release(p, default_alignment); }
void operator delete(void* p, std::align_val_t a) noexcept { release(p, number(a)); }
void operator delete[](void* p, std::align_val_t a) noexcept { release(p, number(a)); }
void operator delete(void* p, std::size_t, std::align_val_t a) noexcept { release(p, number(a)); }
void operator delete[](void* p, std::size_t, std::align_val_t a) noexcept { release(p, number(a)); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release(p, default_alignment); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release(p, default_alignment); }
void operator delete(void* p, std::align_val_t a, const std::nothrow_t&) noexcept { release(p, number(a)); }
void operator delete[](void* p, std::align_val_t a, const std::nothrow_t&) noexcept { release(p, number(a)); }
// clang-format on

namespace harness {

std::size_t live_bytes() noexcept {
    return live.load();
}

std::size_t peak_live_bytes() noexcept {
    return peak.load();
}

void reset_peak_live_bytes() noexcept {
    peak.store(live.load());
}

} // namespace harness
