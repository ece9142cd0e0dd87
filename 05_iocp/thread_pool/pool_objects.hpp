/// \file
/// Owners of the objects of Windows' thread pool: closed once, on every path.
#pragma once

#include "win32/unique_resource.hpp"

namespace thread_pool {

/// A pool. It goes by itself when the last object on it has gone.
struct pool_traits {
    using pointer = PTP_POOL;
    static pointer invalid() noexcept { return nullptr; }
    static void close(pointer value) noexcept { ::CloseThreadpool(value); }
};

/// A file or socket on a pool. Close the socket before it, and collect its operations.
struct io_traits {
    using pointer = PTP_IO;
    static pointer invalid() noexcept { return nullptr; }
    static void close(pointer value) noexcept { ::CloseThreadpoolIo(value); }
};

/// A timer on a pool.
struct timer_traits {
    using pointer = PTP_TIMER;
    static pointer invalid() noexcept { return nullptr; }
    static void close(pointer value) noexcept { ::CloseThreadpoolTimer(value); }
};

using unique_pool = win32::unique_resource<pool_traits>;   ///< closes by CloseThreadpool
using unique_io = win32::unique_resource<io_traits>;       ///< closes by CloseThreadpoolIo
using unique_timer = win32::unique_resource<timer_traits>; ///< closes by CloseThreadpoolTimer

/// Tells the objects that are made with it which pool runs their callbacks.
struct environment : TP_CALLBACK_ENVIRON {
    environment() noexcept { ::InitializeThreadpoolEnvironment(this); }
    ~environment() { ::DestroyThreadpoolEnvironment(this); }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
};

} // namespace thread_pool
