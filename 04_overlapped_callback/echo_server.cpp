#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <new>
#include <utility>

namespace overlapped_callback {

namespace {

// AcceptEx belongs to the provider of the socket, so it is asked of a socket, not linked.
LPFN_ACCEPTEX load_accept_ex(SOCKET socket) {
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX function = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                   sizeof function, &bytes, nullptr, nullptr) != 0)
        win32::throw_last_socket_error("WSAIoctl AcceptEx");
    return function;
}

constexpr DWORD accept_pause = 100; // milliseconds

win32::unique_handle make_manual_reset_event() {
    win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    if (!event)
        win32::throw_last_error("CreateEventW");
    return event;
}

} // namespace

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      stop_event_{make_manual_reset_event()},
      accept_done_{make_manual_reset_event()} {
    thread_ = win32::make_thread(&echo_server::serve, this);
}

echo_server::~echo_server() {
    stop();
}

void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    stop_requested_ = true;
    ::SetEvent(stop_event_.get()); // ends the wait; the flag is what serve() goes by
    thread_.join();
    listener_.reset();
}

//! [serve]
void echo_server::serve() {
    const std::array<WSAEVENT, 2> events{stop_event_.get(), accept_done_.get()};
    bool accepting = start_accept();
    while (!stop_requested_) {
        // TRUE: alertable. The completion routines run in this wait, and in the calls of SleepEx
        // below and in cancel_all(). If Windows gives no more sockets, we ask again in a while.
        const DWORD timeout = accepting ? WSA_INFINITE : accept_pause;
        const DWORD answer = ::WSAWaitForMultipleEvents(2, events.data(), FALSE, timeout, TRUE);
        // Either routines have run or an event was signaled, and where both are there, either may
        // go first, each time. So each turn sees to both: the routines get their chance here if the
        // wait gave them none, and what the events stand for is looked up below, whatever the wait
        // has answered.
        if (answer != WSA_WAIT_IO_COMPLETION)
            ::SleepEx(0, TRUE);
        if (accepting && HasOverlappedIoCompleted(&accept_))
            accepting = finish_accept() && start_accept();
        else if (!accepting && ::GetTickCount64() >= accept_pause_ends_)
            accepting = start_accept();
        start_ready();
    }
    stopping_ = true;
    if (accepting) {
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), &accept_);
        finish_accept();
    }
    cancel_all();
}
//! [serve]

//! [start-ready]
// The routines only note which sessions are to go on; their operations are started here. A routine
// that started one could keep the wait from ever coming back: an operation that is done at once
// queues its routine for the same wait. One quick client would then shut out accepts and stop().
void echo_server::start_ready() {
    while (!ready_.empty()) {
        session& self = ready_.front();
        sessions_.splice(sessions_.end(), ready_, self.self);
        if (self.begin == self.end)
            start_receive(self);
        else
            start_send(self);
    }
}
//! [start-ready]

//! [accept]
// AcceptEx has no completion routine, only an event. So the thread waits for that event, in the
// same alertable wait in which its routines run.
//
// Lifetime: from here until finish_accept() Windows may write to accept_ and addresses_.
//
// False: an accept that follows at once would fare no better, so there is a pause.
bool echo_server::start_accept() {
    constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;
    ::WSAResetEvent(accept_done_.get());
    accepted_.reset(::WSASocketW(address_.si_family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                 WSA_FLAG_OVERLAPPED));
    int error = accepted_ ? WSAECONNRESET : ::WSAGetLastError();
    // Such an error concerns a client that was gone before we came to it, not the next one.
    while (win32::concerns_one_client(static_cast<DWORD>(error))) {
        accept_ = {};
        accept_.hEvent = accept_done_.get();
        DWORD bytes = 0;
        const BOOL done = accept_ex_(listener_.get(), accepted_.get(), addresses_.data(), 0,
                                     address_size, address_size, &bytes, &accept_);
        error = done ? 0 : ::WSAGetLastError();
    }
    return error == 0 || error == ERROR_IO_PENDING || pause_accepting();
}

// No socket to be had, say. The event is not to end the waits until the pause is over.
bool echo_server::pause_accepting() {
    ::WSAResetEvent(accept_done_.get());
    accept_pause_ends_ = ::GetTickCount64() + accept_pause;
    return false;
}

// False: as above, for an accept may be started, and then complete for want of a socket.
bool echo_server::finish_accept() {
    win32::unique_socket socket = std::move(accepted_);
    DWORD bytes = 0;
    DWORD flags = 0;
    if (!::WSAGetOverlappedResult(listener_.get(), &accept_, &bytes, TRUE, &flags)) {
        const DWORD error = static_cast<DWORD>(::WSAGetLastError());
        return win32::concerns_one_client(error) || pause_accepting();
    }
    const SOCKET listener = listener_.get();
    ::setsockopt(socket.get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);

    try {
        sessions_.emplace_front();
    } catch (const std::bad_alloc&) {
        win32::reset_on_close(socket.get()); // this client is turned away, the others are served
        return true;
    }
    session& self = sessions_.front();
    self.server = this;
    self.self = sessions_.begin();
    self.socket = std::move(socket);
    start_receive(self);
    return true;
}
//! [accept]

//! [start-receive]
// Lifetime: from here until on_received has been called, Windows may write to self.buffer and to
// self, which is the OVERLAPPED.
void echo_server::start_receive(session& self) {
    static_cast<OVERLAPPED&>(self) = {};
    WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
    DWORD flags = 0;
    if (::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self, on_received) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        self.server->end(self); // failed at once: no routine will be called
}
//! [start-receive]

//! [on-received]
void CALLBACK echo_server::on_received(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) {
    session& self = *static_cast<session*>(overlapped);
    // 0 bytes: the client has finished sending, and has had all of it back. An error: it reset the
    // connection, or stop() cancelled the receive.
    if (error != 0 || bytes == 0 || self.server->stopping_) {
        self.server->end(self);
        return;
    }
    self.begin = 0;
    self.end = bytes;
    self.server->ready_.splice(self.server->ready_.end(), self.server->sessions_, self.self);
}
//! [on-received]

//! [send]
void echo_server::start_send(session& self) {
    static_cast<OVERLAPPED&>(self) = {};
    WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
    if (::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, &self, on_sent) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        self.server->end(self);
}

void CALLBACK echo_server::on_sent(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) {
    session& self = *static_cast<session*>(overlapped);
    if (error != 0 || self.server->stopping_) {
        self.server->end(self);
        return;
    }
    self.begin += bytes;
    self.server->ready_.splice(self.server->ready_.end(), self.server->sessions_, self.self);
}
//! [send]

// Nothing is in flight for this session, so its memory may go.
void echo_server::end(session& self) {
    sessions_.erase(self.self);
}

//! [cancel-all]
void echo_server::cancel_all() {
    for (session& each : sessions_) {
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
        ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
    }
    // Each cancelled operation calls its routine too, and only in an alertable wait.
    while (!sessions_.empty())
        ::SleepEx(INFINITE, TRUE);
}
//! [cancel-all]

} // namespace overlapped_callback
