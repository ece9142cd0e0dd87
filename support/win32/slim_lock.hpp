/// \file
/// A lock of the size of a pointer.
#pragma once

#include "thread_annotations.hpp"
#include "windows.hpp"

namespace win32 {

/// A mutex. There is one in every session, so its size counts: std::mutex takes 80 bytes with one
/// library, and with another allocates when it is first locked, which can fail. And Clang knows of
/// this one what it guards (thread_annotations.hpp). Not recursive. Source:
/// https://learn.microsoft.com/windows/win32/sync/slim-reader-writer--srw--locks
class CAPABILITY("mutex") slim_lock {
public:
    slim_lock() noexcept = default;
    slim_lock(const slim_lock&) = delete;
    slim_lock& operator=(const slim_lock&) = delete;

    void lock() noexcept ACQUIRE() { ::AcquireSRWLockExclusive(&lock_); }
    void unlock() noexcept RELEASE() { ::ReleaseSRWLockExclusive(&lock_); }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

/// Holds a lock from its own beginning to its end. In between the lock may be opened, and has to be
/// taken again: so std::condition_variable_any can wait with it.
class SCOPED_CAPABILITY scoped_lock {
public:
    /// Lifetime: `lock` outlives it.
    explicit scoped_lock(slim_lock& lock) noexcept ACQUIRE(lock) : lock_{lock} { lock_.lock(); }
    ~scoped_lock() RELEASE() { lock_.unlock(); }
    scoped_lock(const scoped_lock&) = delete;
    scoped_lock& operator=(const scoped_lock&) = delete;

    void lock() noexcept ACQUIRE() { lock_.lock(); }
    void unlock() noexcept RELEASE() { lock_.unlock(); }

private:
    slim_lock& lock_;
};

/// Opens a lock that the calling thread holds, and takes it again at its own end.
class SCOPED_CAPABILITY scoped_unlock {
public:
    /// Lifetime: `lock` outlives it.
    explicit scoped_unlock(slim_lock& lock) noexcept RELEASE(lock) : lock_{lock} { lock_.unlock(); }
    ~scoped_unlock() RELEASE() { lock_.lock(); }
    scoped_unlock(const scoped_unlock&) = delete;
    scoped_unlock& operator=(const scoped_unlock&) = delete;

private:
    slim_lock& lock_;
};

} // namespace win32
