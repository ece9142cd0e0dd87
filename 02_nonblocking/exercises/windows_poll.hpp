/// \file
/// Gives WSAPoll the manners of Windows, where Wine 8 has its own.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/windows.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>

namespace exercise {

/// While one lives, WSAPoll does two things as Windows does them, by Wine's tests of WSAPoll and of
/// AFD's poll (dlls/ws2_32/tests): it fails with WSAEINVAL when it is asked for what comes unasked,
/// and the end of a stream shows as soon as it has come, though bytes before it are unread.
///
/// Threads: one such object at a time.
class windows_poll {
public:
    windows_poll() { ends_have_come_ = false; }

    /// All clients have finished sending.
    void ends_have_come() noexcept { ends_have_come_ = true; }

private:
    static int WSAAPI poll(WSAPOLLFD* sockets, ULONG count, INT milliseconds) {
        const std::span<WSAPOLLFD> all{sockets, count};
        const auto is_refused = [](const WSAPOLLFD& each) {
            return (each.events & ~(POLLRDNORM | POLLRDBAND | POLLWRNORM)) != 0;
        };
        if (std::any_of(all.begin(), all.end(), is_refused)) {
            ::WSASetLastError(WSAEINVAL);
            return SOCKET_ERROR;
        }
        const int result =
            reinterpret_cast<decltype(&::WSAPoll)>(original_.load())(sockets, count, milliseconds);
        if (result > 0 && ends_have_come_)
            for (WSAPOLLFD& each : all)
                if ((each.revents & POLLRDNORM) != 0 && is_connected(each.fd))
                    each.revents = static_cast<SHORT>(each.revents | POLLHUP);
        return result;
    }

    static bool is_connected(SOCKET socket) {
        SOCKADDR_INET peer{};
        int size = sizeof peer;
        return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
    }

    static inline std::atomic<void*> original_{nullptr};
    static inline std::atomic<bool> ends_have_come_{false};

    const std::array<trace::hook, 1> hooks_{
        {{"WSAPoll", L"ws2_32.dll", reinterpret_cast<void*>(&poll), &original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
