/// \file
/// Owners of handles and sockets: closed once, on every path.
#pragma once

#include "windows.hpp"

#include <utility>

namespace win32 {

/// Owns one resource of a C interface, as std::unique_ptr owns memory.
///
/// `Traits` gives the type (`pointer`), the value that means "none" (`invalid()`) and the function
/// that closes (`close()`). Windows has several values for "none", and each wants its own close
/// function: that is why there are several traits and only one owner.
///
/// Threads: like an int. Closing keeps the thread's last error, so a resource may go out of scope
/// between a failed call and the line that reads the error.
template <class Traits>
class unique_resource {
public:
    /// The handle's own type.
    using pointer = typename Traits::pointer;

    unique_resource() noexcept = default;
    /// Owns `value` from here on.
    explicit unique_resource(pointer value) noexcept : value_{value} {}
    ~unique_resource() { reset(); }

    /// Takes the resource of `other`.
    unique_resource(unique_resource&& other) noexcept : value_{other.release()} {}
    /// Closes its resource, and takes that of `other`.
    unique_resource& operator=(unique_resource&& other) noexcept {
        if (this != &other)
            reset(other.release());
        return *this;
    }

    /// The handle, which is still owned here.
    [[nodiscard]] pointer get() const noexcept { return value_; }
    /// Whether it owns a resource.
    [[nodiscard]] explicit operator bool() const noexcept { return value_ != Traits::invalid(); }

    /// Gives the resource away: the caller closes it now.
    [[nodiscard]] pointer release() noexcept { return std::exchange(value_, Traits::invalid()); }

    /// Closes its resource, and owns `value` instead.
    void reset(pointer value = Traits::invalid()) noexcept {
        const pointer old = std::exchange(value_, value);
        if (old != Traits::invalid()) {
            const DWORD error = ::GetLastError();
            Traits::close(old);
            ::SetLastError(error);
        }
    }

private:
    pointer value_ = Traits::invalid();
};

//! [handle-kinds]
/// Most kernel objects (events, completion ports, threads, processes): "none" is null.
struct handle_traits {
    using pointer = HANDLE;
    static pointer invalid() noexcept { return nullptr; }
    static void close(pointer value) noexcept { ::CloseHandle(value); }
};

/// A handle from CreateFileW: "none" is INVALID_HANDLE_VALUE.
struct file_traits {
    using pointer = HANDLE;
    static pointer invalid() noexcept { return INVALID_HANDLE_VALUE; }
    static void close(pointer value) noexcept { ::CloseHandle(value); }
};

/// A socket: "none" is INVALID_SOCKET, and CloseHandle would leak half of it.
struct socket_traits {
    using pointer = SOCKET;
    static pointer invalid() noexcept { return INVALID_SOCKET; }
    static void close(pointer value) noexcept { ::closesocket(value); }
};

using unique_handle = unique_resource<handle_traits>; ///< closes by CloseHandle
using unique_file = unique_resource<file_traits>;     ///< likewise
using unique_socket = unique_resource<socket_traits>; ///< closes by closesocket
//! [handle-kinds]

} // namespace win32
