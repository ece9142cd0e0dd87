/// \file
/// The wrappers that take the place of Windows' functions, and the functions themselves.
#pragma once

#include "trace/log/calls.hpp"
#include "trace/log/recorded_call.hpp"

#include <array>
#include <atomic>
#include <span>

namespace trace {

/// One function of Windows, and its replacement.
struct hook {
    const char* name;
    const wchar_t* library;
    void* replacement;
    std::atomic<void*>* original; ///< the place for the function itself
};

/// The functions themselves, filled in before the first wrapper can be called.
inline std::array<std::atomic<void*>, call_count> originals{};

/// The function itself. Its type is that of the second argument.
template <call Which, class Function>
[[nodiscard]] Function* original(Function*) noexcept {
    return reinterpret_cast<Function*>(
        originals[static_cast<std::size_t>(Which)].load(std::memory_order_relaxed));
}

/// A hook that puts `wrapper` in the place of `function`, which must be of the same type.
template <class Function>
[[nodiscard]] hook make_hook(call which, Function*, Function* wrapper) noexcept {
    return {info(which).name, info(which).library, reinterpret_cast<void*>(wrapper),
            &originals[static_cast<std::size_t>(which)]};
}

/// Tells how many bytes a call has moved, if it is `good` and the program has asked for the number
/// at `asked`. An overlapped caller may do without it, and then nobody asks: the system would read
/// the number from the OVERLAPPED when the operation is done, and by then another thread may have
/// taken its packet and freed it.
inline void tell_bytes(recorded_call& caller, bool good, const DWORD* asked) noexcept {
    if (good && asked != nullptr)
        caller.moved(*asked);
}

// The lists of wrappers, one for each file.
[[nodiscard]] std::span<const hook> file_hooks() noexcept;
[[nodiscard]] std::span<const hook> port_hooks() noexcept;
[[nodiscard]] std::span<const hook> pool_hooks() noexcept;
[[nodiscard]] std::span<const hook> wait_hooks() noexcept;
[[nodiscard]] std::span<const hook> socket_hooks() noexcept;
[[nodiscard]] std::span<const hook> overlapped_socket_hooks() noexcept;
[[nodiscard]] std::span<const hook> extension_hooks() noexcept;

} // namespace trace
