/// \file
/// Starting Winsock, and the listening socket that every echo server begins with.
#pragma once

#include "win32/unique_resource.hpp"

#include <cstdint>
#include <string>

namespace win32 {

/// Winsock 2.2 is usable while one of these lives. WSAStartup counts, so several may live at once.
/// Throws std::system_error. Source:
/// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsastartup
class winsock {
public:
    winsock();
    ~winsock();
    winsock(const winsock&) = delete;
    winsock& operator=(const winsock&) = delete;
};

/// The IPv4 address written as `address`, with `port` in host order.
/// Throws std::system_error (WSAEINVAL) that names the text when it is no IPv4 address.
[[nodiscard]] sockaddr_in make_address(const std::string& address, std::uint16_t port);

/// A new TCP socket for overlapped use; overlapped sockets serve the other models as well.
/// Throws std::system_error.
[[nodiscard]] unique_socket make_tcp_socket();

/// A TCP socket that listens on `address` and `port`; port 0 lets the system pick a free one.
///
/// The port is taken with SO_EXCLUSIVEADDRUSE. Without it, and with the address 0.0.0.0, any
/// program of the same user might bind one of the machine's addresses with the same port beside us,
/// and take the clients of that address. SO_REUSEADDR is not the one of Unix: on Windows it lets
/// sockets share a port. Source:
/// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
///
/// Throws std::system_error that names the call, address and port: a taken port (WSAEADDRINUSE, or
/// WSAEACCES when another program holds it exclusively), an address that is not this machine's
/// (WSAEADDRNOTAVAIL).
[[nodiscard]] unique_socket listen_on(const std::string& address, std::uint16_t port);

/// Whether an accept that failed with `error` has failed for its client alone, which was gone
/// before its turn: the next accept can be started at once. Any other error concerns the server: no
/// more sockets, say, or no memory. The next accept would meet it as well, at once, and whoever
/// goes on without a pause keeps a processor busy and gets nowhere.
///
/// `error` is from accept, from AcceptEx, or that of its completion, as the port or Winsock has it.
/// Source: https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-acceptex
[[nodiscard]] bool concerns_one_client(DWORD error) noexcept;

/// Makes closing `socket` reset the connection, rather than end it when the other side is done. It
/// must not have been shut down: whoever has read the end then sees no reset.
///
/// For a server that stops: a connection that its client keeps open holds the port, and with
/// SO_EXCLUSIVEADDRUSE nobody could listen on it again until the client has gone. Sources:
/// https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket,
/// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
void reset_on_close(SOCKET socket) noexcept;

/// The address that `socket` is bound to. Throws std::system_error.
[[nodiscard]] sockaddr_in local_address(SOCKET socket);

/// The port that `socket` is bound to, in host order. Throws std::system_error.
[[nodiscard]] std::uint16_t local_port(SOCKET socket);

} // namespace win32
