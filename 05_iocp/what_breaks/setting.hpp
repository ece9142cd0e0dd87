/// \file
/// The connection, the port and the events that each demonstration begins with. Nothing here is a
/// mistake.
#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"
#include "win32/winsock.hpp"

#include <cstdio>
#include <string_view>

namespace what_breaks {

/// The two ends of a TCP connection within this program.
struct connection {
    win32::unique_socket ours; ///< the server's end, for overlapped calls
    win32::unique_socket peer; ///< the client's end, for blocking calls
};

/// Makes a connection. Throws std::system_error.
[[nodiscard]] inline connection connect_to_self() {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const SOCKADDR_INET where = win32::local_address(listener.get());
    connection result;
    result.peer = win32::make_tcp_socket();
    if (::connect(result.peer.get(), reinterpret_cast<const sockaddr*>(&where),
                  win32::size_of(where)) != 0)
        win32::throw_last_socket_error("connect");
    result.ours.reset(::accept(listener.get(), nullptr, nullptr));
    if (!result.ours)
        win32::throw_last_socket_error("accept");
    return result;
}

/// Makes a port, and associates `socket` with it under `key`. Throws std::system_error.
[[nodiscard]] inline win32::unique_handle make_port(SOCKET socket, ULONG_PTR key = 0) {
    win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    if (!port || !::CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port.get(), key, 0))
        win32::throw_last_error("CreateIoCompletionPort");
    return port;
}

/// Makes an event that stays set: by it one thread waits until another has come to a certain line.
/// Throws std::system_error.
[[nodiscard]] inline win32::unique_handle make_event() {
    win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    if (!event)
        win32::throw_last_error("CreateEventW");
    return event;
}

/// Ends the program with exit code 1, and a line on stderr that names the call which has failed
/// with `error`. For threads that others wait for: they must not end by an exception.
[[noreturn]] inline void give_up(DWORD error, const char* call) noexcept {
    std::fprintf(stderr, "%s: error %lu\n", call, error);
    std::fflush(stderr);
    ::ExitProcess(1);
}

/// For an overlapped Winsock call that has returned `result`. Returns true if the operation is done
/// already, and false if it is pending. Ends the program if it was not started, as give_up() does.
inline bool require_started(int result, const char* call) noexcept {
    const DWORD error = result == 0 ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    if (error != ERROR_SUCCESS && error != WSA_IO_PENDING)
        give_up(error, call);
    return error == ERROR_SUCCESS;
}

/// Sends `bytes` by a blocking call, which takes all of them. Ends the program if it does not, as
/// give_up() does.
inline void require_sent(SOCKET socket, std::string_view bytes) noexcept {
    const int size = static_cast<int>(bytes.size());
    if (::send(socket, bytes.data(), size, 0) != size)
        give_up(static_cast<DWORD>(::WSAGetLastError()), "send");
}

} // namespace what_breaks
