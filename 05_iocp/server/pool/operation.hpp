/// \file
/// What travels through the completion port.
#pragma once

#include "win32/windows.hpp"

namespace iocp {

//! [operation]
/// One asynchronous operation: Windows' OVERLAPPED, and what is to be done when it has ended.
///
/// Derive from it and add what the operation needs. It has no virtual functions: a table's address
/// would stand in front of the OVERLAPPED, and the pointer that a packet brings would be another
/// than ours.
///
/// Lifetime: it, and the buffers that go with it, belong to Windows from the call that starts it
/// until `completed` is called: after a cancel, too. It may be started again then.
/// Source: https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-overlapped
class operation : public OVERLAPPED {
public:
    /// Called on a thread of the pool, once for each start. `bytes` have been transferred. Must not
    /// throw.
    using function = void (*)(operation& self, DWORD bytes) noexcept;

    /// `completed` is called when it is done.
    explicit operation(function completed) noexcept : OVERLAPPED{}, completed_{completed} {}
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    /// Makes it ready for the next start.
    void clear() noexcept { static_cast<OVERLAPPED&>(*this) = {}; }

    /// Whether the operation has failed. Why, is a question to WSAGetOverlappedResult or
    /// GetOverlappedResult: the port brings the number of the kernel, not that of Win32. To be
    /// asked in `completed` only.
    [[nodiscard]] bool failed() const noexcept { return static_cast<LONG>(Internal) < 0; }

    /// Calls `completed`: for whoever has collected the packet.
    void complete(DWORD bytes) noexcept { completed_(*this, bytes); }

protected:
    ~operation() = default;

private:
    friend class operation_list;

    function completed_;
    operation* next_ = nullptr; // in an operation_list
    DWORD bytes_ = 0;           // likewise: what complete() is to be told
};
//! [operation]

/// Operations in a row, first in, first out. They are linked through themselves, so that nothing is
/// allocated, and putting one in cannot fail. An operation is in one list at a time.
///
/// Threads: one at a time.
class operation_list {
public:
    /// Puts `last` at the end; complete() is to be told of `bytes`.
    void push(operation& last, DWORD bytes = 0) noexcept {
        last.next_ = nullptr;
        last.bytes_ = bytes;
        (last_ != nullptr ? last_->next_ : first_) = &last;
        last_ = &last;
    }

    /// The first, and its bytes; null if there is none.
    operation* pop(DWORD& bytes) noexcept {
        operation* const first = first_;
        if (first == nullptr)
            return nullptr;
        bytes = first->bytes_;
        first_ = first->next_;
        if (first_ == nullptr)
            last_ = nullptr;
        return first;
    }

    /// Whether there is none.
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

private:
    operation* first_ = nullptr;
    operation* last_ = nullptr;
};

} // namespace iocp
