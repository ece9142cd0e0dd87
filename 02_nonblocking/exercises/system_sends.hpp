/// \file
/// Decides how much the program's sends take.
#pragma once

#include "testing/exercise/check.hpp"
#include "trace/hooks/import_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>

namespace exercise {

/// While one lives, it stands between the program and `send`. So what Windows may do, and seldom
/// does, happens when the check wants it.
///
/// Threads: one such object at a time. The thread that has made it is left alone.
class system_sends {
public:
    system_sends() { maker_ = ::GetCurrentThreadId(); }
    ~system_sends() { most_ = everything; }
    system_sends(const system_sends&) = delete;
    system_sends& operator=(const system_sends&) = delete;

    /// From now on a send takes at most so many bytes, as it may on a non-blocking socket; with 0
    /// it fails with WSAEWOULDBLOCK.
    void take_at_most(int bytes) noexcept { most_ = bytes; }
    void take_everything() noexcept { most_ = everything; }

    /// The sends that have failed so far.
    [[nodiscard]] unsigned refused() const noexcept { return refused_; }

private:
    static constexpr int everything = 0x7fffffff;

    static int WSAAPI send(SOCKET socket, const char* bytes, int size, int flags) {
        const int most = ::GetCurrentThreadId() == maker_ ? everything : most_.load();
        if (most == 0) {
            ++refused_;
            ::WSASetLastError(WSAEWOULDBLOCK);
            return SOCKET_ERROR;
        }
        return reinterpret_cast<decltype(&::send)>(original_.load())(socket, bytes,
                                                                     std::min(size, most), flags);
    }

    static inline std::atomic<void*> original_{nullptr};
    static inline std::atomic<DWORD> maker_{0};
    static inline std::atomic<int> most_{everything};
    static inline std::atomic<unsigned> refused_{0};

    const std::array<trace::hook, 1> hooks_{
        {{"send", L"ws2_32.dll", reinterpret_cast<void*>(&send), &original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
