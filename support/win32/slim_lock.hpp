/// \file
/// A lock of the size of a pointer.
#pragma once

#include "windows.hpp"

namespace win32 {

/// A mutex for std::lock_guard and std::unique_lock. There is one in every session, so its size
/// counts: std::mutex takes 80 bytes with one library, and with another allocates when it is first
/// locked, which can fail. Not recursive. Source:
/// https://learn.microsoft.com/windows/win32/sync/slim-reader-writer--srw--locks
class slim_lock {
public:
    slim_lock() noexcept = default;
    slim_lock(const slim_lock&) = delete;
    slim_lock& operator=(const slim_lock&) = delete;

    /// Waits until no other thread has the lock, and takes it.
    void lock() noexcept { ::AcquireSRWLockExclusive(&lock_); }
    /// Gives it back: for the thread that has it.
    void unlock() noexcept { ::ReleaseSRWLockExclusive(&lock_); }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

/// Opens a lock that the calling thread holds, and takes it again at its own end.
class scoped_unlock {
public:
    /// Lifetime: `lock` outlives it.
    explicit scoped_unlock(slim_lock& lock) noexcept : lock_{lock} { lock_.unlock(); }
    ~scoped_unlock() { lock_.lock(); }
    scoped_unlock(const scoped_unlock&) = delete;
    scoped_unlock& operator=(const scoped_unlock&) = delete;

private:
    slim_lock& lock_;
};

} // namespace win32
