/// \file
/// A lock of the size of a pointer.
#pragma once

#include "thread_annotations.hpp"
#include "windows.hpp"

namespace win32 {

/// A mutex that is not recursive. Every session has one, so its size counts: std::mutex takes 80
/// bytes with one library, and with another allocates when it is first locked, which can fail.
/// Clang knows what this lock guards (thread_annotations.hpp). Source:
/// https://learn.microsoft.com/windows/win32/sync/slim-reader-writer--srw--locks
class CAPABILITY("mutex") slim_lock {
public:
    slim_lock() noexcept = default;
    slim_lock(const slim_lock&) = delete;
    slim_lock& operator=(const slim_lock&) = delete;

    /// Waits for the lock, and takes it.
    void lock() noexcept ACQUIRE() { ::AcquireSRWLockExclusive(&lock_); }
    /// Opens the lock. Only the thread that holds it may do so.
    void unlock() noexcept RELEASE() { ::ReleaseSRWLockExclusive(&lock_); }

    /// Waits until no thread holds the lock alone, and takes it together with others. For
    /// std::shared_lock. (std::shared_mutex is the same with Visual Studio; with GCC's library for
    /// Windows each one leaves two handles behind.)
    void lock_shared() noexcept ACQUIRE_SHARED() { ::AcquireSRWLockShared(&lock_); }
    /// Opens the lock, which the calling thread holds together with others.
    void unlock_shared() noexcept RELEASE_SHARED() { ::ReleaseSRWLockShared(&lock_); }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

/// Holds a lock from its own beginning to its end.
class SCOPED_CAPABILITY scoped_lock {
public:
    /// Takes `lock`. Lifetime: `lock` outlives this object.
    explicit scoped_lock(slim_lock& lock) noexcept ACQUIRE(lock) : lock_{lock} { lock_.lock(); }
    /// Opens the lock.
    ~scoped_lock() RELEASE() { lock_.unlock(); }
    scoped_lock(const scoped_lock&) = delete;
    scoped_lock& operator=(const scoped_lock&) = delete;

    /// Takes the lock again, after unlock(): for std::condition_variable_any.
    void lock() noexcept ACQUIRE() { lock_.lock(); }
    /// Opens the lock. It must be taken again before the end of this object.
    void unlock() noexcept RELEASE() { lock_.unlock(); }

private:
    slim_lock& lock_;
};

/// Opens a lock that the calling thread holds, and takes it again at its own end.
class SCOPED_CAPABILITY scoped_unlock {
public:
    /// Opens `lock`. Lifetime: `lock` outlives this object.
    explicit scoped_unlock(slim_lock& lock) noexcept RELEASE(lock) : lock_{lock} { lock_.unlock(); }
    /// Takes the lock again.
    ~scoped_unlock() RELEASE() { lock_.lock(); }
    scoped_unlock(const scoped_unlock&) = delete;
    scoped_unlock& operator=(const scoped_unlock&) = delete;

private:
    slim_lock& lock_;
};

} // namespace win32
