/// \file
/// Knows whether the program waits for a client with a time limit.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <span>

namespace exercise {

/// While one lives, it notes the time limits that the program gives to its receives and to its
/// waits for sockets. To look, with a limit of 0, is no wait.
///
/// Threads: one such object at a time. The thread that has made it is left alone.
class wait_limits {
public:
    wait_limits() {
        maker_ = ::GetCurrentThreadId();
        last_ = 0;
    }
    wait_limits(const wait_limits&) = delete;
    wait_limits& operator=(const wait_limits&) = delete;

    /// The last one, in milliseconds; 0 if there was none.
    [[nodiscard]] long last() const noexcept { return last_; }

private:
    static void note(long milliseconds) {
        if (milliseconds > 0 && ::GetCurrentThreadId() != maker_)
            last_ = milliseconds;
    }

    static int WSAAPI set_option(SOCKET socket, int level, int option, const char* value,
                                 int size) {
        if (level == SOL_SOCKET && option == SO_RCVTIMEO && size == sizeof(DWORD))
            note(*reinterpret_cast<const int*>(value));
        return reinterpret_cast<decltype(&::setsockopt)>(set_option_.load())(socket, level, option,
                                                                             value, size);
    }

    static int WSAAPI poll(WSAPOLLFD* sockets, ULONG count, INT milliseconds) {
        note(milliseconds);
        return reinterpret_cast<decltype(&::WSAPoll)>(poll_.load())(sockets, count, milliseconds);
    }

    static int WSAAPI select(int count, fd_set* read, fd_set* write, fd_set* except,
                             timeval* limit) {
        if (limit != nullptr)
            note(limit->tv_sec * 1000 + (limit->tv_usec + 999) / 1000);
        return reinterpret_cast<decltype(&::select)>(select_.load())(count, read, write, except,
                                                                     limit);
    }

    static inline std::atomic<DWORD> maker_{0};
    static inline std::atomic<long> last_{0};
    static inline std::atomic<void*> set_option_{nullptr};
    static inline std::atomic<void*> poll_{nullptr};
    static inline std::atomic<void*> select_{nullptr};

    const std::array<trace::hook, 3> hooks_{
        {{"setsockopt", L"ws2_32.dll", reinterpret_cast<void*>(&set_option), &set_option_},
         {"WSAPoll", L"ws2_32.dll", reinterpret_cast<void*>(&poll), &poll_},
         {"select", L"ws2_32.dll", reinterpret_cast<void*>(&select), &select_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
