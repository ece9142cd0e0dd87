#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <exception>
#include <utility>

namespace overlapped_callback {

constexpr DWORD accept_pause = 100; // milliseconds to wait after an accept that found no socket

// AcceptEx belongs to the provider of the socket, so it is asked of a socket, not linked.
static LPFN_ACCEPTEX load_accept_ex(SOCKET socket) {
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX function = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                   sizeof function, &bytes, nullptr, nullptr) != 0)
        win32::throw_last_socket_error("WSAIoctl AcceptEx");
    return function;
}

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      wake_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
    if (!wake_)
        win32::throw_last_error("CreateEventW");
    accept_done_.reset(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!accept_done_)
        win32::throw_last_error("CreateEventW");
    thread_ = win32::make_thread(&echo_server::serve, this);
}

echo_server::~echo_server() {
    stop();
}

//! [serve]
void echo_server::serve() noexcept {
    const std::array<WSAEVENT, 2> events{wake_.get(), accept_done_.get()};
    bool accepting = start_accept();
    ULONGLONG pause_ends = ::GetTickCount64() + accept_pause;
    while (!stopping_) {
        // When no accept could be started, the wait leaves its event out and lasts until the next
        // try: clients may have left by then.
        const DWORD count = accepting ? 2 : 1;
        const DWORD timeout = accepting ? WSA_INFINITE : accept_pause;
        // The last TRUE makes the wait alertable. The completion routines run in it, and in the
        // calls of SleepEx below and in cancel_all().
        const DWORD answer = ::WSAWaitForMultipleEvents(count, events.data(), FALSE, timeout, TRUE);
        // When a routine is queued and an event is signaled, either may go first, each time. So a
        // turn does not go by the answer: if the wait ran no routine, they run here, and the accept
        // is looked up below.
        if (answer != WSA_WAIT_IO_COMPLETION)
            ::SleepEx(0, TRUE);
        const ULONGLONG now = ::GetTickCount64();
        if (accepting ? HasOverlappedIoCompleted(&accept_) : now >= pause_ends) {
            accepting = accepting ? finish_accept() && start_accept() : start_accept();
            pause_ends = now + accept_pause;
        }
        start_ready();
    }
    if (accepting) {
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), &accept_);
        finish_accept();
    }
    cancel_all();
}
//! [serve]

// AcceptEx has no completion routine, only an event. So the thread waits for that event, in the
// same alertable wait in which its routines run.
//
// Lifetime: from here until finish_accept() Windows may write to accept_ and addresses_.
//
// Returns false when no accept could be started. One that followed at once would fail as well.
bool echo_server::start_accept() noexcept {
    accepted_.reset(::WSASocketW(address_.si_family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                 WSA_FLAG_OVERLAPPED)); // of the listener's family
    if (!accepted_)
        return false;
    // AcceptEx wants 16 bytes more for each address than the longest one takes, which is IPv6.
    constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;
    DWORD error = ERROR_SUCCESS;
    do {
        accept_ = {};
        accept_.hEvent = accept_done_.get();
        DWORD bytes = 0;
        const BOOL done = accept_ex_(listener_.get(), accepted_.get(), addresses_.data(), 0,
                                     address_size, address_size, &bytes, &accept_);
        error = done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    } while (win32::concerns_one_client(error)); // that client was gone before its turn
    return error == ERROR_SUCCESS || error == ERROR_IO_PENDING;
}

// Until this is set the new socket does not know that it is connected: shutdown, getpeername and
// SO_LINGER may fail on it.
static void set_accept_context(SOCKET client, SOCKET listener) {
    ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);
}

// Waits for the accept, if need be. Returns false when it has failed for want of a socket, say: the
// next one would fail as well.
bool echo_server::finish_accept() noexcept {
    win32::unique_socket socket = std::move(accepted_);
    DWORD bytes = 0;
    DWORD flags = 0;
    const BOOL done = ::WSAGetOverlappedResult(listener_.get(), &accept_, &bytes, TRUE, &flags);
    const DWORD error = done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    set_accept_context(socket.get(), listener_.get());
    if (!done) {
        win32::reset_on_close(socket.get()); // a cancelled accept may have met a client just now
        return win32::concerns_one_client(error);
    }
    add_session(std::move(socket));
    return true;
}

//! [add-session]
void echo_server::add_session(win32::unique_socket socket) noexcept {
    try {
        sessions_.emplace_front();
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no memory: this client goes, the others stay
    }
    session& self = sessions_.front();
    self.self = sessions_.begin();
    self.socket = std::move(socket);
    self.server = this;
    start_receive(self);
}
//! [add-session]

//! [start-receive]
// Lifetime: from here until its completion has been collected, Windows may write to self and
// to self.buffer.
void echo_server::start_receive(session& self) noexcept {
    static_cast<OVERLAPPED&>(self) = {};
    WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
    DWORD flags = 0;
    if (::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self, on_completed) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self); // failed at once: nothing is in flight
}
//! [start-receive]

void echo_server::start_send(session& self) noexcept {
    static_cast<OVERLAPPED&>(self) = {};
    WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
    if (::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, &self, on_completed) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self);
}

//! [advance]
void CALLBACK echo_server::on_completed(DWORD error, DWORD bytes, OVERLAPPED* completed, DWORD) {
    session& self = *static_cast<session*>(completed);
    self.server->advance(self, error, bytes);
}

// The operation in flight has completed: takes its result. start_ready() starts the next one.
void echo_server::advance(session& self, DWORD error, DWORD bytes) noexcept {
    if (error != ERROR_SUCCESS)
        return end(self); // the client reset the connection
    if (self.has_unsent()) {
        self.begin += bytes;
    } else if (bytes == 0) {
        return end(self); // the client has finished sending, and has had all of it back
    } else {
        self.begin = 0;
        self.end = bytes;
    }
    ready_.splice(ready_.end(), sessions_, self.self);
}
//! [advance]

//! [start-ready]
// Starts the operations of the sessions that the routines have noted in ready_. A routine that
// started one itself could keep the wait from ever returning: an operation that is done at once
// queues its routine for the same wait. One quick client would then shut out accepts and stop().
void echo_server::start_ready() noexcept {
    while (!ready_.empty()) {
        session& self = ready_.front();
        sessions_.splice(sessions_.end(), ready_, self.self);
        self.has_unsent() ? start_send(self) : start_receive(self);
    }
}
//! [start-ready]

// Nothing is in flight for this session, so its memory may go.
void echo_server::end(session& self) noexcept {
    sessions_.erase(self.self);
}

//! [cancel-all]
void echo_server::cancel_all() noexcept {
    for (const session& each : sessions_) {
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
        ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
    }
    // A cancel only asks. The memory stays lent until the operation has completed, cancelled or
    // not, and its routine has been called. That takes an alertable wait.
    while (!sessions_.empty())
        ::SleepEx(INFINITE, TRUE);
    ready_.clear();
}
//! [cancel-all]

void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    stopping_ = true;
    ::SetEvent(wake_.get()); // ends the wait; serve() goes by the flag
    thread_.join();
    listener_.reset();
}

} // namespace overlapped_callback
