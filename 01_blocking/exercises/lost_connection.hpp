/// \file
/// Lets the program's receives find a lost connection. Under Wine 8 a receive reads an end where
/// the other side has reset the connection.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/windows.hpp"

#include <array>
#include <atomic>
#include <span>

namespace exercise {

/// While one lives, each receive fails with WSAECONNRESET.
class lost_connection {
private:
    static int WSAAPI recv(SOCKET, char*, int, int) { return lose(); }

    static int WSAAPI wsa_recv(SOCKET, LPWSABUF, DWORD, LPDWORD, LPDWORD, LPWSAOVERLAPPED,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
        return lose();
    }

    static int lose() {
        ::WSASetLastError(WSAECONNRESET);
        return SOCKET_ERROR;
    }

    static inline std::atomic<void*> original_recv_{nullptr};
    static inline std::atomic<void*> original_wsa_recv_{nullptr};

    const std::array<trace::hook, 2> hooks_{
        {{"recv", L"ws2_32.dll", reinterpret_cast<void*>(&recv), &original_recv_},
         {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&wsa_recv), &original_wsa_recv_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
