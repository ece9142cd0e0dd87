#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <exception>
#include <utility>

namespace nonblocking {

//! [make-nonblocking]
static void make_nonblocking(SOCKET socket) {
    u_long yes = 1;
    if (::ioctlsocket(socket, FIONBIO, &yes) != 0)
        win32::throw_last_socket_error("ioctlsocket FIONBIO");
}
//! [make-nonblocking]

//! [wake-socket]
// WSAPoll and select wait for sockets and for nothing else. So that stop() can wake them there is
// one more socket, which sends datagrams to itself.
static win32::unique_socket make_wake_socket() {
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

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      wake_{make_wake_socket()},
      wait_{options.wait} {
    make_nonblocking(listener_.get());
    thread_ = win32::make_thread(&echo_server::serve, this);
}

echo_server::~echo_server() {
    stop();
}

//! [serve]
void echo_server::serve() noexcept {
    while (!stopping_) {
        wait();
        if (listener_ready_)
            accept_clients();
        sessions_.remove_if([](session& each) { return each.ready && !advance(each); });
    }
}
//! [serve]

//! [accept]
// The most clients that one turn accepts: those that are connected already want their turn.
constexpr int accepts_in_a_turn = 64;

void echo_server::accept_clients() noexcept {
    for (int i = 0; i < accepts_in_a_turn; ++i) {
        if (wait_ == wait_mode::select && sessions_.size() + 2 >= FD_SETSIZE)
            return;
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        const DWORD error = static_cast<DWORD>(::WSAGetLastError());
        if (socket) {
            add_session(std::move(socket));
        } else if (!win32::concerns_one_client(error)) {
            // As a rule no client waits any more. If there is no socket to be had, the listener
            // stays ready, and to ask it again and again would burn the processor.
            listener_pauses_ = error != WSAEWOULDBLOCK;
            return;
        }
    }
}
//! [accept]

//! [add-session]
void echo_server::add_session(win32::unique_socket socket) noexcept {
    try {
        make_nonblocking(socket.get());
        sessions_.emplace_front();
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no memory, say: it goes, the others stay
    }
    session& self = sessions_.front();
    self.socket = std::move(socket);
}
//! [add-session]

static bool would_block() noexcept {
    return ::WSAGetLastError() == WSAEWOULDBLOCK;
}

//! [advance]
// Takes the session as far as it goes without waiting, but by no more than one buffer: the others
// want their turn. Returns false when the session has come to its end.
bool echo_server::advance(session& self) noexcept {
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
        return would_block(); // the client does not read: so nothing is received from it either
    self.begin += sent;
    return true;
}
//! [advance]

//! [stop]
void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    stopping_ = true;
    ::send(wake_.get(), "", 0, 0); // a datagram of no bytes is one, too
    thread_.join();
    for (const session& each : sessions_)
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
    sessions_.clear();
    listener_.reset();
}
//! [stop]

} // namespace nonblocking
