// Finds out which sockets are ready, in one of three ways.
#include "echo_server.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace nonblocking {

constexpr int accept_pause = 100; // milliseconds to wait after an accept that found no socket

//! [wait]
void echo_server::wait() noexcept {
    try {
        switch (wait_) {
        case wait_mode::poll:
            return wait_with_poll();
        case wait_mode::select:
            return wait_with_select();
        case wait_mode::spin:
            return spin();
        }
    } catch (const std::exception&) {
        spin(); // no memory for the list of sockets, so all are tried
    }
}
//! [wait]

//! [read-wake-socket]
// A datagram that is not read stays ready, and the next wait would end at once.
static void read_wake_socket(SOCKET socket) noexcept {
    char byte = 0;
    ::recv(socket, &byte, 1, 0);
}
//! [read-wake-socket]

//! [poll]
void echo_server::wait_with_poll() {
    std::vector<WSAPOLLFD> sockets;
    sockets.push_back({wake_.get(), POLLRDNORM, 0});
    sockets.push_back({listener_.get(), static_cast<SHORT>(listener_pauses_ ? 0 : POLLRDNORM), 0});
    for (const session& each : sessions_) {
        const auto wish = static_cast<SHORT>(each.has_unsent() ? POLLWRNORM : POLLRDNORM);
        sockets.push_back({each.socket.get(), wish, 0});
    }

    const int milliseconds = std::exchange(listener_pauses_, false) ? accept_pause : -1;
    if (::WSAPoll(sockets.data(), static_cast<ULONG>(sockets.size()), milliseconds) == SOCKET_ERROR)
        return spin(); // no answer, for want of memory, so all are tried

    if (sockets[0].revents != 0)
        read_wake_socket(wake_.get());
    // Any answer counts as ready, an error or a hang-up too: the next recv or send tells which.
    listener_ready_ = sockets[1].revents != 0;
    std::size_t i = 2;
    for (session& each : sessions_)
        each.ready = sockets[i++].revents != 0;
}
//! [poll]

//! [select]
void echo_server::wait_with_select() {
    fd_set readable;
    fd_set writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(wake_.get(), &readable);
    // FD_SET ignores whatever does not fit, in silence. So the sockets are counted: with the wake
    // socket and the listener there is room for 62 clients, and the next one waits until one
    // leaves.
    const bool room = sessions_.size() + 2 < FD_SETSIZE && !listener_pauses_;
    if (room)
        FD_SET(listener_.get(), &readable);
    for (const session& each : sessions_)
        FD_SET(each.socket.get(), each.has_unsent() ? &writable : &readable);

    timeval pause{.tv_sec = 0, .tv_usec = accept_pause * 1000};
    timeval* const limit = std::exchange(listener_pauses_, false) ? &pause : nullptr;
    if (::select(0, &readable, &writable, nullptr, limit) == SOCKET_ERROR)
        return spin();

    if (FD_ISSET(wake_.get(), &readable))
        read_wake_socket(wake_.get());
    listener_ready_ = room && FD_ISSET(listener_.get(), &readable);
    for (session& each : sessions_)
        each.ready =
            FD_ISSET(each.socket.get(), &readable) || FD_ISSET(each.socket.get(), &writable);
}
//! [select]

//! [spin]
void echo_server::spin() noexcept {
    listener_ready_ = true;
    for (session& each : sessions_)
        each.ready = true;
}
//! [spin]

} // namespace nonblocking
