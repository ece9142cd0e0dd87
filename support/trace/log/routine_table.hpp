/// \file
/// The program's completion routines, by OVERLAPPED.
#pragma once

#include "calls.hpp"

#include "win32/windows.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace trace {

/// Keeps the program's completion routines by the address of their OVERLAPPED. The system was given
/// one of the recorder's in place of each. (The field hEvent could hold the routine, but belongs to
/// the program.)
///
/// It is an open hash table, because putting in and taking out happens for each operation and must
/// not allocate. The table grows when there are more operations in flight than ever before.
///
/// Threads: one. A completion routine runs on the thread that has started the operation.
class routine_table {
public:
    struct entry {
        const OVERLAPPED* overlapped = nullptr;
        void* routine = nullptr;
        call issued_by{};
    };

    /// Keeps a routine. Returns false, and keeps nothing, when there is no memory.
    [[nodiscard]] bool put(const entry& what) noexcept {
        static_cast<void>(take(what.overlapped)); // that of an operation that never completed
        if ((count_ + 1) * 2 > size_ && !grow())
            return false;
        insert(what);
        ++count_;
        return true;
    }

    /// Takes the routine out of the table and returns it; `routine` is null when there was none.
    [[nodiscard]] entry take(const OVERLAPPED* overlapped) noexcept {
        if (count_ == 0)
            return {};
        std::size_t place = home(overlapped);
        while (entries_[place].overlapped != overlapped) {
            if (entries_[place].overlapped == nullptr)
                return {};
            place = next(place);
        }
        const entry found = entries_[place];
        erase(place);
        --count_;
        return found;
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    [[nodiscard]] std::size_t next(std::size_t place) const noexcept {
        return (place + 1) & (size_ - 1);
    }
    [[nodiscard]] std::size_t home(const OVERLAPPED* overlapped) const noexcept {
        // Fibonacci hashing puts neighbouring addresses far apart.
        const auto address =
            static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(overlapped));
        return static_cast<std::size_t>((address * 0x9E37'79B9'7F4A'7C15ull) >> 32) & (size_ - 1);
    }

    void insert(const entry& what) noexcept {
        std::size_t place = home(what.overlapped);
        while (entries_[place].overlapped != nullptr)
            place = next(place);
        entries_[place] = what;
    }

    // Empties a place, and closes the hole: a search from an entry's home stops at an empty place,
    // so the entries behind it that would be cut off from their homes move up.
    void erase(std::size_t hole) noexcept {
        for (std::size_t place = next(hole); entries_[place].overlapped != nullptr;
             place = next(place)) {
            const std::size_t wish = home(entries_[place].overlapped);
            const std::size_t mask = size_ - 1;
            if (((place - wish) & mask) >= ((place - hole) & mask)) {
                entries_[hole] = entries_[place];
                hole = place;
            }
        }
        entries_[hole] = {};
    }

    bool grow() noexcept {
        const std::size_t size = size_ == 0 ? 64 : size_ * 2;
        std::unique_ptr<entry[]> larger{new (std::nothrow) entry[size]{}};
        if (!larger)
            return false;
        const std::unique_ptr<entry[]> old = std::exchange(entries_, std::move(larger));
        const std::size_t old_size = std::exchange(size_, size);
        for (std::size_t i = 0; i < old_size; ++i)
            if (old[i].overlapped != nullptr)
                insert(old[i]);
        return true;
    }

    std::unique_ptr<entry[]> entries_;
    std::size_t size_ = 0; // a power of two, or 0
    std::size_t count_ = 0;
};

} // namespace trace
