#include "live_memory.hpp"

#include "win32/windows.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>

#include <malloc.h> // _aligned_malloc: Microsoft's run-time library has no std::aligned_alloc

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

std::atomic<std::size_t> least_with_pages{static_cast<std::size_t>(-1)};
std::atomic<harness::allocation_gate> gate_of_all{nullptr};

constexpr std::size_t default_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

// The header in front of each block; operator delete is not always told the size.
struct header {
    std::size_t size;
    bool has_pages; // whether the block has pages of its own
};

// The bytes in front of a block: as many as the alignment asks for keep the block itself aligned.
constexpr std::size_t space_in_front(std::size_t alignment) {
    return std::max(alignment, sizeof(header));
}

// The pages that were taken away from freed blocks. Their addresses stay reserved for a while, so
// that no other block gets them.
class page_graveyard {
public:
    void bury(void* start) noexcept {
        ::VirtualFree(start, 0, MEM_DECOMMIT);
        void* const oldest = buried_[next_++ % buried_.size()].exchange(start);
        if (oldest != nullptr)
            ::VirtualFree(oldest, 0, MEM_RELEASE);
    }

private:
    std::array<std::atomic<void*>, 1000> buried_{};
    std::atomic<std::size_t> next_{0};
};

page_graveyard graveyard;

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    const harness::allocation_gate gate = gate_of_all;
    if (gate != nullptr && !gate())
        return nullptr;
    const std::size_t front = space_in_front(alignment);
    if (size > static_cast<std::size_t>(-1) - front)
        return nullptr;
    const header about{size, size >= least_with_pages};
    char* const start = static_cast<char*>(
        about.has_pages
            ? ::VirtualAlloc(nullptr, front + size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)
            : ::_aligned_malloc(front + size, front));
    if (start == nullptr)
        return nullptr;
    char* const block = start + front;
    std::memcpy(block - sizeof about, &about, sizeof about);

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
    header about{};
    std::memcpy(&about, static_cast<char*>(block) - sizeof about, sizeof about);
    live.fetch_sub(about.size);
    char* const start = static_cast<char*>(block) - space_in_front(alignment);
    if (about.has_pages)
        graveyard.bury(start);
    else
        ::_aligned_free(start);
}

std::size_t number(std::align_val_t alignment) {
    return static_cast<std::size_t>(alignment);
}

} // namespace

// All forms are replaced: a block from one of these must never reach an operator delete of the
// run-time library, nor the other way round.
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

void unmap_freed_blocks(std::size_t least) noexcept {
    least_with_pages = least;
}

void set_allocation_gate(allocation_gate gate) noexcept {
    gate_of_all = gate;
}

} // namespace harness
