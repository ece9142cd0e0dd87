#include "event_store.hpp"

#include "win32/error.hpp"

namespace trace {

namespace {

// Zeroed memory that costs nothing until it is touched.
void* reserve(std::size_t size) {
    void* const memory = ::VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (memory == nullptr)
        win32::throw_last_error("VirtualAlloc", std::to_string(size) + " bytes for the recording");
    return memory;
}

} // namespace

event_store::~event_store() {
    unreserve();
}

void event_store::unreserve() noexcept {
    if (events_ != nullptr)
        ::VirtualFree(events_, 0, MEM_RELEASE);
    events_ = nullptr;
}

void event_store::reset(std::uint32_t chunks) {
    unreserve();
    const std::size_t count = std::size_t{chunk_size} * chunks;
    events_ = static_cast<event*>(reserve(sizeof(event) * count + sizeof(header) * chunks));
    headers_ = reinterpret_cast<header*>(events_ + count); // all 0: free
    chunks_ = chunks;
    next_ = 0;
    spare_ = none;
    dropped_ = 0;
}

std::uint32_t event_store::acquire() noexcept {
    if (const std::uint32_t spare = spare_.exchange(none); spare != none)
        return spare;
    for (std::uint32_t tries = 0; tries < chunks_; ++tries) {
        const std::uint32_t chunk = next_.fetch_add(1) % chunks_;
        header& head = headers_[chunk];
        std::uint32_t state = head.state.load();
        if (state == in_use || !head.state.compare_exchange_strong(state, in_use))
            continue;
        if (state == full)
            drop(head.count.exchange(0));
        return chunk;
    }
    return none;
}

void event_store::release_full(std::uint32_t chunk) noexcept {
    headers_[chunk].state.store(full);
}

void event_store::release_with_room(std::uint32_t chunk) noexcept {
    if (const std::uint32_t other = spare_.exchange(chunk); other != none)
        release_full(other);
}

bool event_store::append(std::uint32_t chunk, const event& what) noexcept {
    header& head = headers_[chunk];
    const std::uint32_t count = head.count.load(std::memory_order_relaxed);
    events_[std::size_t{chunk} * chunk_size + count] = what;
    head.count.store(count + 1, std::memory_order_release);
    return count + 1 < chunk_size;
}

std::vector<const event*> event_store::events() const {
    std::vector<const event*> result;
    for (std::uint32_t chunk = 0; chunk < chunks_; ++chunk) {
        const std::uint32_t count = headers_[chunk].count.load();
        for (std::uint32_t i = 0; i < count; ++i)
            result.push_back(&events_[std::size_t{chunk} * chunk_size + i]);
    }
    return result;
}

} // namespace trace
