#include "client.hpp"

#include "testing/machine/deadline.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <future>
#include <limits>
#include <random>
#include <stdexcept>
#include <system_error>

namespace harness {

namespace {

// So few bytes fit into the buffers of any connection: no second thread is needed for them.
constexpr std::size_t fits_in_any_buffer = 2048;

int clamp(std::size_t size) {
    return static_cast<int>(
        std::min<std::size_t>(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

void set_nonblocking(SOCKET socket, bool on) {
    u_long value = on ? 1 : 0;
    if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &value) != 0)
        win32::throw_last_socket_error("ioctlsocket FIONBIO");
}

} // namespace

void client::connect(std::uint16_t port, const std::string& address) {
    const SOCKADDR_INET where = win32::make_address(address, port);
    socket_ = win32::make_tcp_socket(where.si_family);
    win32::set_option(native(), SOL_SOCKET, SO_RCVTIMEO, deadline);
    win32::set_option(native(), SOL_SOCKET, SO_SNDTIMEO, deadline);
    // Every send goes out as it is, however small: the tests decide how a message is split.
    win32::set_option(native(), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE});
    if (::connect(native(), reinterpret_cast<const sockaddr*>(&where), win32::size_of(where)) != 0)
        win32::throw_last_socket_error("connect", win32::to_text(where));
}

void client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = ::send(native(), bytes.data(), clamp(bytes.size()), 0);
        if (sent == SOCKET_ERROR)
            win32::throw_last_socket_error("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t client::send_without_waiting(std::string_view bytes) {
    set_nonblocking(native(), true);
    const int sent = ::send(native(), bytes.data(), clamp(bytes.size()), 0);
    const int error = ::WSAGetLastError();
    set_nonblocking(native(), false);
    if (sent != SOCKET_ERROR)
        return static_cast<std::size_t>(sent);
    if (error != WSAEWOULDBLOCK)
        win32::throw_error(static_cast<DWORD>(error), "send");
    return 0;
}

bool client::has_something_to_read() const {
    WSAPOLLFD poll{};
    poll.fd = native();
    poll.events = POLLRDNORM;
    const int ready = ::WSAPoll(&poll, 1, 0);
    if (ready == SOCKET_ERROR)
        win32::throw_last_socket_error("WSAPoll");
    return ready != 0;
}

std::size_t client::receive_some(char* where, std::size_t room) {
    const int received = ::recv(native(), where, clamp(room), 0);
    if (received == SOCKET_ERROR)
        win32::throw_last_socket_error("recv");
    return static_cast<std::size_t>(received);
}

std::string client::receive_exactly(std::size_t count) {
    std::string result(count, '\0');
    for (std::size_t have = 0; have < count;) {
        const std::size_t received = receive_some(result.data() + have, count - have);
        if (received == 0)
            throw std::runtime_error{"the stream ended after " + std::to_string(have) + " of " +
                                     std::to_string(count) + " bytes"};
        have += received;
    }
    return result;
}

std::string client::receive_to_end() {
    std::string result;
    std::string buffer(64 * 1024, '\0');
    while (const std::size_t received = receive_some(buffer.data(), buffer.size()))
        result.append(buffer, 0, received);
    return result;
}

void client::wait_until_closed() {
    try {
        static_cast<void>(receive_to_end());
    } catch (const std::system_error& error) {
        if (error.code().value() != WSAECONNRESET && error.code().value() != WSAECONNABORTED)
            throw;
    }
}

std::string client::exchange(std::string_view bytes) {
    if (bytes.size() <= fits_in_any_buffer) {
        send(bytes);
        return receive_exactly(bytes.size());
    }
    std::string result;
    write_while_reading([&] { send(bytes); }, [&] { result = receive_exactly(bytes.size()); });
    return result;
}

void client::half_close() {
    if (::shutdown(native(), SD_SEND) != 0)
        win32::throw_last_socket_error("shutdown");
}

void client::reset() {
    win32::set_option(native(), SOL_SOCKET, SO_LINGER, linger{1, 0});
    close();
}

void write_while_reading(const std::function<void()>& write, const std::function<void()>& read) {
    std::future<void> writing = std::async(std::launch::async, write);
    read(); // if it throws, the future waits for the writing
    writing.get();
}

std::string make_message(std::size_t size, std::uint64_t seed) {
    // The engine's numbers are the same everywhere; those of a distribution are not.
    std::minstd_rand engine{static_cast<std::minstd_rand::result_type>(seed)};
    std::string result(size, '\0');
    for (char& byte : result)
        byte = static_cast<char>(static_cast<unsigned char>(engine() >> 8));
    return result;
}

} // namespace harness
