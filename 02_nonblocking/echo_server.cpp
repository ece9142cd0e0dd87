#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <new>
#include <vector>

namespace nonblocking {

namespace {

//! [make-nonblocking]
void make_nonblocking(SOCKET socket) {
    u_long yes = 1;
    if (::ioctlsocket(socket, FIONBIO, &yes) != 0)
        win32::throw_last_socket_error("ioctlsocket FIONBIO");
}
//! [make-nonblocking]

//! [wake-socket]
// WSAPoll and select wait for sockets and for nothing else. So that stop() can wake them there is
// one more socket, which sends datagrams to itself.
win32::unique_socket make_wake_socket() {
    win32::unique_socket result{::WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, 0)};
    if (!result)
        win32::throw_last_socket_error("WSASocketW");
    sockaddr_in self = win32::make_address("127.0.0.1", 0).Ipv4;
    if (::bind(result.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
        win32::throw_last_socket_error("bind");
    self = win32::local_address(result.get()).Ipv4;
    if (::connect(result.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
        win32::throw_last_socket_error("connect");
    make_nonblocking(result.get());
    return result;
}
//! [wake-socket]

bool would_block() noexcept {
    return ::WSAGetLastError() == WSAEWOULDBLOCK;
}

} // namespace

echo_server::echo_server(const echo_options& options)
    : wait_{options.wait},
      listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      wake_{make_wake_socket()} {
    make_nonblocking(listener_.get());
    thread_ = win32::make_thread(&echo_server::serve, this);
}

echo_server::~echo_server() {
    stop();
}

//! [stop]
void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    stopping_ = true;
    wake();
    thread_.join();
}

void echo_server::wake() noexcept {
    ::send(wake_.get(), "", 0, 0); // a datagram of no bytes is one, too
}

// What is not read stays ready, and the next wait would end at once.
void echo_server::read_wake_socket() noexcept {
    char byte = 0;
    ::recv(wake_.get(), &byte, 1, 0);
}
//! [stop]

//! [advance]
// Does for one connection what can be done without waiting, at most one buffer's worth: the others
// want their turn. False: the connection has come to its end.
bool echo_server::advance(connection& self) {
    if (!self.has_unsent()) {
        const int received =
            ::recv(self.socket.get(), self.buffer.data(), static_cast<int>(self.buffer.size()), 0);
        if (received == 0)
            return false; // the client has finished sending, and has had all of it back
        if (received == SOCKET_ERROR)
            return would_block(); // nothing there yet; anything else is a lost connection
        self.begin = 0;
        self.end = received;
    }
    const int sent =
        ::send(self.socket.get(), self.buffer.data() + self.begin, self.end - self.begin, 0);
    if (sent == SOCKET_ERROR)
        return would_block(); // the client does not read: so we do not read from it either
    self.begin += sent;
    return true;
}
//! [advance]

//! [serve]
void echo_server::serve() {
    while (!stopping_) {
        wait();
        if (listener_ready_)
            accept_clients();
        connections_.remove_if([](connection& each) { return each.ready && !advance(each); });
    }
    for (const connection& each : connections_)
        win32::reset_on_close(each.socket.get()); // else they would hold the port
    connections_.clear();
    listener_.reset();
}

void echo_server::wait() {
    try {
        switch (wait_) {
        case wait_mode::poll:
            return wait_with_poll();
        case wait_mode::select:
            return wait_with_select();
        case wait_mode::spin:
            return spin();
        }
    } catch (const std::bad_alloc&) {
        spin(); // no memory for the list of sockets: nobody has been asked, so we try them all
    }
}
//! [serve]

//! [poll]
void echo_server::wait_with_poll() {
    std::vector<WSAPOLLFD> sockets;
    sockets.push_back({wake_.get(), POLLRDNORM, 0});
    sockets.push_back({listener_.get(), static_cast<SHORT>(listener_pauses_ ? 0 : POLLRDNORM), 0});
    for (const connection& each : connections_) {
        const auto wish = static_cast<SHORT>(each.has_unsent() ? POLLWRNORM : POLLRDNORM);
        sockets.push_back({each.socket.get(), wish, 0});
    }

    const int milliseconds = listener_pauses_ ? 100 : -1;
    listener_pauses_ = false;
    if (::WSAPoll(sockets.data(), static_cast<ULONG>(sockets.size()), milliseconds) ==
        SOCKET_ERROR) {
        spin(); // no answer, for want of memory: so we try them all
        return;
    }

    if (sockets[0].revents != 0)
        read_wake_socket();
    // Any answer counts as ready, an error or a hang-up too: the next recv or send tells which.
    listener_ready_ = sockets[1].revents != 0;
    std::size_t i = 2;
    for (connection& each : connections_)
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
    // FD_SET ignores whatever does not fit, in silence. So we count: with the wake socket and the
    // listener there is room for 62 clients, and the next one waits until somebody leaves.
    const bool room = connections_.size() + 2 < FD_SETSIZE && !listener_pauses_;
    if (room)
        FD_SET(listener_.get(), &readable);
    for (const connection& each : connections_)
        FD_SET(each.socket.get(), each.has_unsent() ? &writable : &readable);

    timeval pause{.tv_sec = 0, .tv_usec = 100'000};
    timeval* const limit = listener_pauses_ ? &pause : nullptr;
    listener_pauses_ = false;
    if (::select(0, &readable, &writable, nullptr, limit) == SOCKET_ERROR) {
        spin();
        return;
    }

    if (FD_ISSET(wake_.get(), &readable))
        read_wake_socket();
    listener_ready_ = room && FD_ISSET(listener_.get(), &readable);
    for (connection& each : connections_)
        each.ready =
            FD_ISSET(each.socket.get(), &readable) || FD_ISSET(each.socket.get(), &writable);
}
//! [select]

//! [spin]
void echo_server::spin() noexcept {
    listener_ready_ = true;
    for (connection& each : connections_)
        each.ready = true;
}
//! [spin]

//! [accept]
// At most so many clients in one turn: those who are connected already want theirs.
constexpr int accepts_in_a_turn = 64;

void echo_server::accept_clients() {
    for (int i = 0; i < accepts_in_a_turn; ++i) {
        if (wait_ == wait_mode::select && connections_.size() + 2 >= FD_SETSIZE)
            return;
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        const DWORD error = static_cast<DWORD>(::WSAGetLastError());
        if (!socket && win32::concerns_one_client(error))
            continue; // that client was gone before we came to it
        if (!socket) {
            // As a rule nobody waits any more. If Windows gives no more sockets, the listener stays
            // ready, and asking it again and again would burn the processor.
            listener_pauses_ = error != WSAEWOULDBLOCK;
            return;
        }
        u_long yes = 1;
        if (::ioctlsocket(socket.get(), FIONBIO, &yes) != 0)
            continue;
        try {
            connections_.emplace_back().socket = std::move(socket);
        } catch (const std::bad_alloc&) {
            // No memory for this client: it is turned away, the others are served. By a reset, for
            // after an end in good order the connection would hold the port.
            win32::reset_on_close(socket.get());
        }
    }
}
//! [accept]

} // namespace nonblocking
