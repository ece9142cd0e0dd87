/// \file
/// Connecting outward as an overlapped operation. It is given: the lesson has no part for it.
#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"
#include "win32/winsock.hpp"

namespace outward {

/// Returns a new socket for connect(). It is bound, as ConnectEx demands, and sends at once what it
/// is given (TCP_NODELAY). Throws std::system_error.
[[nodiscard]] inline win32::unique_socket make_socket() {
    win32::unique_socket result{::WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                             WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)};
    if (!result)
        win32::throw_last_socket_error("WSASocketW");
    sockaddr_in any{};
    any.sin_family = AF_INET;
    if (::bind(result.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
        win32::throw_last_socket_error("bind");
    win32::set_option(result.get(), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE});
    return result;
}

/// Begins to connect `socket`, as ::ReadFile begins to read: returns TRUE, or FALSE with the error
/// in ::GetLastError(), which is ERROR_IO_PENDING while the connection is being made. Source:
/// https://learn.microsoft.com/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex
inline BOOL connect(SOCKET socket, const sockaddr_in& where, OVERLAPPED& operation) noexcept {
    GUID name = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, &connect_ex,
                   sizeof connect_ex, &bytes, nullptr, nullptr) != 0)
        return FALSE;
    return connect_ex(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where, nullptr, 0,
                      nullptr, &operation);
}

/// Makes a socket that connect() has connected an ordinary one: ::shutdown fails before. Returns
/// false if that fails.
[[nodiscard]] inline bool finish_connect(SOCKET socket) noexcept {
    return ::setsockopt(socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) == 0;
}

} // namespace outward
