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

    void lock() noexcept { ::AcquireSRWLockExclusive(&lock_); }
    void unlock() noexcept { ::ReleaseSRWLockExclusive(&lock_); }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

} // namespace win32
