/// \file
/// Starting Winsock, and the listening socket that every echo server begins with.
#pragma once

#include "error.hpp"
#include "unique_resource.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// The addresses of `name`, each with `port` (in host order), in the order in which the system
/// wants them tried; at least one. SOCKADDR_INET is Windows' own type for an address of either
/// family.
///
/// `name` is IPv4 (127.0.0.1), IPv6 (::1, or fe80::1%4 with the number of a network interface), or
/// a name. Only a name is looked up, which may ask the network and takes as long as that takes.
/// Throws std::system_error that quotes `name`. Source:
/// https://learn.microsoft.com/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfow
[[nodiscard]] std::vector<SOCKADDR_INET> find_addresses(const std::string& name,
                                                        std::uint16_t port);

/// The first one of find_addresses().
[[nodiscard]] SOCKADDR_INET make_address(const std::string& name, std::uint16_t port);

/// The bytes of `address` that its family uses, as calls such as bind and connect take them.
[[nodiscard]] int size_of(const SOCKADDR_INET& address) noexcept;

/// The port of `address`, in host order.
[[nodiscard]] std::uint16_t port_of(const SOCKADDR_INET& address) noexcept;

/// 127.0.0.1:5000, or [::1]:5000; a port of 0 is left out, with the brackets.
/// Throws std::system_error.
[[nodiscard]] std::string to_text(SOCKADDR_INET address);

/// A new TCP socket of `family`, AF_INET or AF_INET6, for overlapped use; overlapped sockets serve
/// the other models as well. Throws std::system_error.
[[nodiscard]] unique_socket make_tcp_socket(int family = AF_INET);

/// A TCP socket that listens on `where`; port 0 lets the system pick a free one.
///
/// The port is taken with SO_EXCLUSIVEADDRUSE. Without it, and with the address 0.0.0.0, any
/// program of the same user might bind one of the machine's addresses with the same port beside us,
/// and take the clients of that address. SO_REUSEADDR is not the one of Unix: on Windows it lets
/// sockets share a port. Source:
/// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
///
/// An IPv6 socket is put into dual-stack mode, so `::` stands for all addresses of this machine, of
/// both families. A client that comes over IPv4 has an address such as ::ffff:127.0.0.1 then.
/// Source: https://learn.microsoft.com/windows/win32/winsock/dual-stack-sockets
///
/// Throws std::system_error that names the call, address and port: a taken port (WSAEADDRINUSE, or
/// WSAEACCES when another program holds it exclusively), an address that is not this machine's
/// (WSAEADDRNOTAVAIL).
[[nodiscard]] unique_socket listen_on(const SOCKADDR_INET& where);

/// Listens on the first of `addresses` (at least one) that belongs to this machine: a name may have
/// an address of a family that the machine lacks. Throws as above.
[[nodiscard]] unique_socket listen_on(const std::vector<SOCKADDR_INET>& addresses);

/// Listens on one of find_addresses(). Throws as both.
[[nodiscard]] unique_socket listen_on(const std::string& name, std::uint16_t port);

/// Whether an accept that failed with `error` has failed for its client alone, which was gone
/// before its turn: the next accept can be started at once. Any other error concerns the server: no
/// more sockets, say, or no memory. The next accept would meet it as well, at once, and a server
/// that goes on without a pause keeps a processor busy and gets nowhere.
///
/// `error` is that of accept, of AcceptEx, or of the completion of an AcceptEx, as a completion
/// port or as Winsock reports it. Source:
/// https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-acceptex
[[nodiscard]] bool concerns_one_client(DWORD error) noexcept;

/// Makes closing `socket` reset the connection, rather than end it when the other side is done. It
/// must not have been shut down: a client that has read the end sees no reset.
///
/// For a server that stops: a connection that its client keeps open holds the port, and with
/// SO_EXCLUSIVEADDRUSE nobody could listen on it again until the client has gone. Sources:
/// https://learn.microsoft.com/windows/win32/api/winsock/nf-winsock-closesocket,
/// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
void reset_on_close(SOCKET socket) noexcept;

/// Sets an option of `socket`. Throws std::system_error that names `call`.
template <class Value>
void set_option(SOCKET socket, int level, int option, const Value& value,
                std::string_view call = "setsockopt") {
    if (::setsockopt(socket, level, option, reinterpret_cast<const char*>(&value), sizeof value) !=
        0)
        throw_last_socket_error(call);
}

/// The address that `socket` is bound to. Throws std::system_error.
[[nodiscard]] SOCKADDR_INET local_address(SOCKET socket);

/// The port that `socket` is bound to, in host order. Throws std::system_error.
[[nodiscard]] std::uint16_t local_port(SOCKET socket);

} // namespace win32
