#include "held_port.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <stdexcept>

namespace harness {

namespace {

constexpr std::uint16_t first = 20'000;
constexpr std::uint16_t count = 10'000;

// A socket that is bound to `port`; an empty one when another program has the port, or Windows
// keeps it for itself.
win32::unique_socket bound(int type, int protocol, std::uint16_t port) {
    win32::unique_socket result{
        ::WSASocketW(AF_INET, type, protocol, nullptr, 0, WSA_FLAG_OVERLAPPED)};
    if (!result)
        win32::throw_last_socket_error("WSASocketW");
    win32::set_option(result.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, BOOL{TRUE},
                      "setsockopt SO_EXCLUSIVEADDRUSE");
    const sockaddr_in where = win32::make_address("127.0.0.1", port).Ipv4;
    if (::bind(result.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        result.reset();
    return result;
}

} // namespace

held_port::held_port() {
    // Each process begins elsewhere, and seldom has to look further.
    const DWORD begin = ::GetCurrentProcessId();
    for (DWORD i = 0; i < count; ++i) {
        number_ = static_cast<std::uint16_t>(first + (begin + i) % count);
        holder_ = bound(SOCK_DGRAM, IPPROTO_UDP, number_);
        if (holder_ && bound(SOCK_STREAM, IPPROTO_TCP, number_))
            return;
    }
    throw std::runtime_error{"no free port"};
}

} // namespace harness
