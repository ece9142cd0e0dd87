#include "winsock.hpp"

#include "error.hpp"
#include "text.hpp"

#include <iterator>
#include <memory>
#include <system_error>

namespace win32 {

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

std::vector<SOCKADDR_INET> find_addresses(const std::string& name, std::uint16_t port) {
    // A text in the form of an address is not looked up as a name, which may ask the network.
    // GetAddrInfoW may take short forms for an address, such as 127.1; inet_pton does not.
    const bool is_v4 = name.find_first_not_of("0123456789.") == std::string::npos;
    const bool is_v6 = name.find(':') != std::string::npos;
    IN_ADDR ignored;
    if (is_v4 && ::inet_pton(AF_INET, name.c_str(), &ignored) != 1)
        throw_error(WSAEINVAL, "not an address", name);

    ADDRINFOW wanted{};
    wanted.ai_flags = is_v4 || is_v6 ? AI_NUMERICHOST : 0;
    wanted.ai_socktype = SOCK_STREAM;
    ADDRINFOW* first = nullptr;
    const int error = ::GetAddrInfoW(to_wide(name).c_str(), nullptr, &wanted, &first);
    if (error != 0 && is_v6)
        throw_error(WSAEINVAL, "not an address", name);
    if (error != 0)
        throw_error(static_cast<DWORD>(error), "GetAddrInfoW", name);
    const std::unique_ptr<ADDRINFOW, decltype(&::FreeAddrInfoW)> owner{first, ::FreeAddrInfoW};

    std::vector<SOCKADDR_INET> result;
    for (const ADDRINFOW* each = first; each != nullptr; each = each->ai_next) {
        SOCKADDR_INET address{};
        if (each->ai_family == AF_INET)
            address.Ipv4 = *reinterpret_cast<const SOCKADDR_IN*>(each->ai_addr);
        else if (each->ai_family == AF_INET6)
            address.Ipv6 = *reinterpret_cast<const SOCKADDR_IN6*>(each->ai_addr);
        else
            continue;
        address.Ipv4.sin_port = ::htons(port); // at the same place in both families
        result.push_back(address);
    }
    if (result.empty())
        throw_error(WSANO_DATA, "GetAddrInfoW", name);
    return result;
}

SOCKADDR_INET make_address(const std::string& name, std::uint16_t port) {
    return find_addresses(name, port).front();
}

int size_of(const SOCKADDR_INET& address) noexcept {
    return address.si_family == AF_INET6 ? sizeof address.Ipv6 : sizeof address.Ipv4;
}

std::string to_text(SOCKADDR_INET address) {
    wchar_t text[INET6_ADDRSTRLEN];
    DWORD length = static_cast<DWORD>(std::size(text));
    if (::WSAAddressToStringW(reinterpret_cast<sockaddr*>(&address),
                              static_cast<DWORD>(size_of(address)), nullptr, text, &length) != 0)
        throw_last_socket_error("WSAAddressToStringW");
    return to_utf8(text);
}

unique_socket make_tcp_socket(int family) {
    unique_socket result{
        ::WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED)};
    if (!result)
        throw_last_socket_error("WSASocketW");
    return result;
}

//! [listen-on]
unique_socket listen_on(const SOCKADDR_INET& where) {
    const std::string text = to_text(where);
    unique_socket listener = make_tcp_socket(where.si_family);

    const BOOL yes = TRUE;
    if (::setsockopt(listener.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                     reinterpret_cast<const char*>(&yes), sizeof yes) != 0)
        throw_last_socket_error("setsockopt SO_EXCLUSIVEADDRUSE", text);
    const DWORD no = FALSE;
    if (where.si_family == AF_INET6 &&
        ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&no),
                     sizeof no) != 0)
        throw_last_socket_error("setsockopt IPV6_V6ONLY", text);
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&where), size_of(where)) != 0)
        throw_last_socket_error("bind", text);
    if (::listen(listener.get(), SOMAXCONN) != 0)
        throw_last_socket_error("listen", text);
    return listener;
}
//! [listen-on]

//! [concerns-one-client]
bool concerns_one_client(DWORD error) noexcept {
    switch (error) {
    // Winsock's code, and the one that a completion port has for the same.
    case WSAECONNRESET:
    case ERROR_NETNAME_DELETED:
    case WSAECONNABORTED:
    case ERROR_CONNECTION_ABORTED:
    // Wine has these for a client that was reset before AcceptEx could ask for its address.
    case WSAENOTCONN:
    case ERROR_UNEXP_NET_ERR:
        return true;
    default:
        return false;
    }
}
//! [concerns-one-client]

unique_socket listen_on(const std::vector<SOCKADDR_INET>& addresses) {
    for (auto each = addresses.begin();; ++each)
        try {
            return listen_on(*each);
        } catch (const std::system_error& error) {
            const int code = error.code().value();
            if ((code != WSAEADDRNOTAVAIL && code != WSAEAFNOSUPPORT) ||
                each + 1 == addresses.end())
                throw;
        }
}

unique_socket listen_on(const std::string& name, std::uint16_t port) {
    return listen_on(find_addresses(name, port));
}

void reset_on_close(SOCKET socket) noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once),
                 sizeof at_once);
}

SOCKADDR_INET local_address(SOCKET socket) {
    SOCKADDR_INET result{};
    int size = sizeof result;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&result), &size) != 0)
        throw_last_socket_error("getsockname");
    return result;
}

std::uint16_t port_of(const SOCKADDR_INET& address) noexcept {
    return ::ntohs(address.Ipv4.sin_port); // at the same place in both families
}

std::uint16_t local_port(SOCKET socket) {
    return port_of(local_address(socket));
}

} // namespace win32
