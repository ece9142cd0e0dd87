/// \file
/// The unit that travels through the completion port.
#pragma once

#include "win32/windows.hpp"

namespace iocp {

/// One asynchronous operation: Windows' OVERLAPPED, and the function to call when it has ended.
///
/// Derive from it and add the operation's own data. It has no virtual functions: the address of
/// their table would stand in front of the OVERLAPPED, and the pointer in a packet would not be
/// that of the operation.
///
/// Lifetime: the operation and its buffers belong to Windows from the call that starts it until
/// `completed` is called, after a cancel too. It may be started again then.
/// Source: https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-overlapped
//! [operation]
class operation : public OVERLAPPED {
public:
    /// The type of `completed`, which is called on a thread of the pool, once at most for each
    /// start. It gets the number of bytes transferred, and must not throw.
    using function = void (*)(operation& self, DWORD bytes) noexcept;

    /// Makes an operation that calls `completed` when it has ended.
    explicit operation(function completed) noexcept : OVERLAPPED{}, completed_{completed} {}
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    /// Makes the operation ready for the next start.
    void clear() noexcept { static_cast<OVERLAPPED&>(*this) = {}; }

    /// Whether the operation has failed. Valid in `completed` only. The error itself comes from
    /// WSAGetOverlappedResult or GetOverlappedResult: a packet has the kernel's number for it, not
    /// that of Win32.
    [[nodiscard]] bool failed() const noexcept { return static_cast<LONG>(Internal) < 0; }

    /// Calls `completed`. To be called by the thread that has collected the packet.
    void complete(DWORD bytes) noexcept { completed_(*this, bytes); }

protected:
    ~operation() = default;

private:
    friend class operation_list;

    function completed_;
    operation* next_ = nullptr; // the next one in an operation_list
    DWORD bytes_ = 0;           // the bytes for complete(), while in an operation_list
};
//! [operation]

/// A FIFO queue of operations. They are linked through themselves, so that adding one allocates
/// nothing and cannot fail. An operation is in one list at a time.
///
/// Threads: one at a time.
class operation_list {
public:
    /// Adds `last` at the end, with the `bytes` for its complete().
    void push(operation& last, DWORD bytes = 0) noexcept {
        last.next_ = nullptr;
        last.bytes_ = bytes;
        (last_ != nullptr ? last_->next_ : first_) = &last;
        last_ = &last;
    }

    /// Removes and returns the first operation, and its `bytes`; null if there is none.
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

    /// Whether there is no operation.
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

private:
    operation* first_ = nullptr;
    operation* last_ = nullptr;
};

} // namespace iocp
