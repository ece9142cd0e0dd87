#include "paced_client.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <stdexcept>

namespace comparison {

namespace {

using std::chrono::milliseconds;

// The interval at which a wait looks for a request to stop.
constexpr milliseconds slice{50};

// The sizes of socket buffers. With a smaller one to send from, each piece would wait for the
// delayed acknowledgement of the piece before.
constexpr int little_to_send = 128 * 1024;
constexpr int little_to_read = 4096;
constexpr int enough_to_read = 64 * 1024; // once the client reads

win32::unique_socket connect_to(std::uint16_t port, bool small_buffers) {
    win32::unique_socket result = win32::make_tcp_socket();
    // Set the buffers before connecting, since the first packets agree on the window.
    if (small_buffers) {
        win32::set_option(result.get(), SOL_SOCKET, SO_RCVBUF, little_to_read);
        win32::set_option(result.get(), SOL_SOCKET, SO_SNDBUF, little_to_send);
    }
    const sockaddr_in where = win32::make_address("127.0.0.1", port).Ipv4;
    if (::connect(result.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        win32::throw_last_socket_error("connect", "127.0.0.1:" + std::to_string(port));
    u_long yes = 1;
    if (::ioctlsocket(result.get(), static_cast<long>(FIONBIO), &yes) != 0)
        win32::throw_last_socket_error("ioctlsocket FIONBIO");
    return result;
}

int clamp(std::size_t size) {
    return static_cast<int>(
        std::min<std::size_t>(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

class player {
public:
    player(const client_script& script, std::uint16_t port, milliseconds patience,
           const stop_token& stop)
        : socket_{connect_to(port, script.small_buffers)}, patience_{patience}, stop_{stop} {}

    void exchange(const paced_message& message);
    void finish();

private:
    // Waits for one of `events` and returns those that are there; 0 when `time` is over.
    SHORT wait_for(SHORT events, milliseconds time);
    std::size_t send_some(const char* data, std::size_t size);
    std::size_t receive_some(char* where, std::size_t room);

    win32::unique_socket socket_;
    milliseconds patience_;
    const stop_token& stop_;
};

SHORT player::wait_for(SHORT events, milliseconds time) {
    for (;;) {
        WSAPOLLFD each{socket_.get(), events, 0};
        const milliseconds now = std::min(time, slice);
        const int count = ::WSAPoll(&each, 1, static_cast<INT>(now.count()));
        if (count == SOCKET_ERROR)
            win32::throw_last_socket_error("WSAPoll");
        if (stop_.stop_requested())
            throw interrupted{};
        if (count != 0)
            return each.revents;
        time -= now;
        if (time <= milliseconds::zero())
            return 0;
    }
}

// Returns 0 if the connection takes no more for now.
std::size_t player::send_some(const char* data, std::size_t size) {
    const int sent = ::send(socket_.get(), data, clamp(size), 0);
    if (sent != SOCKET_ERROR)
        return static_cast<std::size_t>(sent);
    if (::WSAGetLastError() != WSAEWOULDBLOCK)
        win32::throw_last_socket_error("send");
    return 0;
}

// Returns 0 if nothing is there for now.
std::size_t player::receive_some(char* where, std::size_t room) {
    const int received = ::recv(socket_.get(), where, clamp(room), 0);
    if (received > 0)
        return static_cast<std::size_t>(received);
    if (received == 0)
        throw std::runtime_error("the server closed the connection");
    if (::WSAGetLastError() != WSAEWOULDBLOCK)
        win32::throw_last_socket_error("recv");
    return 0;
}

void player::exchange(const paced_message& message) {
    pause(message.pause, stop_);
    const std::string data = random_bytes(message.size);
    std::string back(data.size(), '\0');
    std::size_t sent = 0;
    std::size_t received = 0;
    bool reading = message.slowness == milliseconds::zero();
    while (received < back.size()) {
        const bool sending = sent < data.size();
        const auto wish =
            static_cast<SHORT>((sending ? POLLWRNORM : 0) | (reading ? POLLRDNORM : 0));
        const SHORT ready = wait_for(wish, reading ? patience_ : message.slowness);
        if (ready == 0 && reading)
            throw std::runtime_error("the server does not answer");
        if (ready == 0) {
            reading = true;
            win32::set_option(socket_.get(), SOL_SOCKET, SO_RCVBUF, enough_to_read);
            continue;
        }
        // Call also after an error or a hang-up: the call tells which.
        if (sending && (ready & ~POLLRDNORM) != 0)
            sent += send_some(data.data() + sent, data.size() - sent);
        if (reading && (ready & ~POLLWRNORM) != 0)
            received += receive_some(back.data() + received, back.size() - received);
        if (!sending && !reading)
            throw std::runtime_error("the server closed the connection");
    }
    if (back != data)
        throw std::runtime_error("wrong byte: what came back is not what was sent");
}

void player::finish() {
    if (::shutdown(socket_.get(), SD_SEND) != 0)
        win32::throw_last_socket_error("shutdown");
    if (wait_for(POLLRDNORM, patience_) == 0)
        throw std::runtime_error("the server does not close the connection");
    char surplus = 0;
    const int received = ::recv(socket_.get(), &surplus, 1, 0);
    if (received == SOCKET_ERROR)
        win32::throw_last_socket_error("recv");
    if (received != 0)
        throw std::runtime_error("wrong byte: more came back than was sent");
}

} // namespace

std::string random_bytes(std::size_t size) {
    std::mt19937 random{static_cast<std::mt19937::result_type>(size)};
    std::string bytes(size, '\0');
    for (char& each : bytes)
        each = static_cast<char>(random());
    return bytes;
}

std::uint64_t play(const client_script& script, std::uint16_t port, milliseconds patience,
                   const stop_token& stop) {
    pause(script.arrives, stop);
    player client{script, port, patience, stop};
    std::uint64_t bytes = 0;
    for (const paced_message& message : script.messages) {
        client.exchange(message);
        bytes += message.size;
    }
    client.finish();
    return bytes;
}

} // namespace comparison
