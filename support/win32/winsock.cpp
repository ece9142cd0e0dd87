#include "win32/winsock.hpp"

#include "win32/error.hpp"

namespace win32 {

//! [start-winsock]
winsock::winsock() {
    WSADATA data;
    // WSAStartup returns its error; WSAGetLastError is not usable before it succeeds.
    const int error = ::WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0)
        throw_error(static_cast<DWORD>(error), "WSAStartup");
}

winsock::~winsock() {
    ::WSACleanup();
}
//! [start-winsock]

sockaddr_in make_address(const std::string& address, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = ::htons(port);
    if (::inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1)
        throw_error(WSAEINVAL, "not an IPv4 address", address);
    return result;
}

//! [make-tcp-socket]
unique_socket make_tcp_socket() {
    unique_socket result{
        ::WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED)};
    if (!result)
        throw_last_socket_error("WSASocketW");
    return result;
}
//! [make-tcp-socket]

//! [listen-on]
unique_socket listen_on(const std::string& address, std::uint16_t port) {
    const sockaddr_in where = make_address(address, port);
    const std::string text = address + ":" + std::to_string(port);
    unique_socket listener = make_tcp_socket();

    const BOOL yes = TRUE;
    if (::setsockopt(listener.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                     reinterpret_cast<const char*>(&yes), sizeof yes) != 0)
        throw_last_socket_error("setsockopt SO_EXCLUSIVEADDRUSE", text);
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        throw_last_socket_error("bind", text);
    if (::listen(listener.get(), SOMAXCONN) != 0)
        throw_last_socket_error("listen", text);
    return listener;
}
//! [listen-on]

//! [concerns-one-client]
bool concerns_one_client(DWORD error) noexcept {
    switch (error) {
    // From Winsock, and for the same from a completion port.
    case WSAECONNRESET:
    case ERROR_NETNAME_DELETED:
    case WSAECONNABORTED:
    case ERROR_CONNECTION_ABORTED:
    // Wine's for a client that was reset before AcceptEx could ask for its address.
    case WSAENOTCONN:
    case ERROR_UNEXP_NET_ERR:
        return true;
    default:
        return false;
    }
}
//! [concerns-one-client]

void reset_on_close(SOCKET socket) noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once),
                 sizeof at_once);
}

sockaddr_in local_address(SOCKET socket) {
    sockaddr_in result{};
    int size = sizeof result;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&result), &size) != 0)
        throw_last_socket_error("getsockname");
    return result;
}

std::uint16_t local_port(SOCKET socket) {
    return ::ntohs(local_address(socket).sin_port);
}

} // namespace win32
