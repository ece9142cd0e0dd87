#include "echo_server.hpp"

#include "win32/error.hpp"

#include <exception>
#include <utility>

namespace thread_pool {

constexpr LONGLONG accept_pause = 100; // milliseconds to wait after an accept that found no socket

static LPFN_ACCEPTEX load_accept_ex(SOCKET socket) {
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX function = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                   sizeof function, &bytes, nullptr, nullptr) != 0)
        win32::throw_last_socket_error("WSAIoctl AcceptEx");
    return function;
}

//! [make-pool]
echo_server::echo_server(const echo_options& options)
    : pool_{::CreateThreadpool(nullptr)},
      listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      all_returned_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
    if (!pool_)
        win32::throw_last_error("CreateThreadpool");
    if (!all_returned_)
        win32::throw_last_error("CreateEventW");
    if (options.threads != 0)
        ::SetThreadpoolThreadMaximum(pool_.get(), options.threads);
    // One thread at least, from the start: when none can be had later, there is nobody to tell.
    if (!::SetThreadpoolThreadMinimum(pool_.get(), 1))
        win32::throw_last_error("SetThreadpoolThreadMinimum");
    // What is made with this environment has its callbacks on this pool, and not on the one that
    // the whole process shares.
    ::SetThreadpoolCallbackPool(&environment_, pool_.get());

    listener_io_.reset(::CreateThreadpoolIo(reinterpret_cast<HANDLE>(listener_.get()),
                                            on_listener_io, this, &environment_));
    if (!listener_io_)
        win32::throw_last_error("CreateThreadpoolIo");
    timer_.reset(::CreateThreadpoolTimer(on_timer, this, &environment_));
    if (!timer_)
        win32::throw_last_error("CreateThreadpoolTimer");
    for (accept_operation& accept : accepts_) // last: from here on nothing throws
        start_accept(accept);
}
//! [make-pool]

echo_server::~echo_server() {
    stop();
}

//! [start]
// Starts an operation on `io` by `call`, which makes the call and returns whether it was good.
// Returns 0 if the operation has been started: its callback comes, and may have come already. Else
// none will come, and the error says why: that of the call, or 995 when the server stops.
template <class Call>
requires std::same_as < std::invoke_result_t<Call>,
bool > DWORD echo_server::start(PTP_IO io, Call call) noexcept {
    const std::shared_lock held{gate_};
    if (stopping_)
        return ERROR_OPERATION_ABORTED;
    ++outstanding_;
    ::StartThreadpoolIo(io); // first: the pool ignores a completion that it does not expect
    const DWORD error = call() ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING)
        return ERROR_SUCCESS;
    ::CancelThreadpoolIo(io); // else the pool would expect it for ever
    --outstanding_;
    return error;
}
//! [start]

//! [callbacks]
void CALLBACK echo_server::on_session_io(PTP_CALLBACK_INSTANCE instance, void* context, void*,
                                         ULONG error, ULONG_PTR bytes, PTP_IO) noexcept {
    session& self = *static_cast<session*>(context);
    echo_server& server = self.server; // first: the next line may end the session
    server.advance(self, error, static_cast<DWORD>(bytes));
    server.leave(instance);
}

void CALLBACK echo_server::on_listener_io(PTP_CALLBACK_INSTANCE instance, void* context,
                                          void* overlapped, ULONG error, ULONG_PTR,
                                          PTP_IO) noexcept {
    echo_server& server = *static_cast<echo_server*>(context);
    server.finish_accept(*static_cast<accept_operation*>(static_cast<OVERLAPPED*>(overlapped)),
                         error);
    server.leave(instance);
}
//! [callbacks]

//! [leave]
// The last line of a callback. stop() may be waiting, and the server gone a moment later: so the
// pool sets the event, when the callback has returned, and no line of ours does.
void echo_server::leave(PTP_CALLBACK_INSTANCE instance) noexcept {
    const HANDLE all_returned = all_returned_.get();
    if (--outstanding_ == 0)
        ::SetEventWhenCallbackReturns(instance, all_returned);
}
//! [leave]

// Lifetime: from here until its callback, Windows may write to `accept`.
void echo_server::start_accept(accept_operation& accept) noexcept {
    accept.socket.reset(::WSASocketW(address_.si_family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                     WSA_FLAG_OVERLAPPED)); // of the listener's family
    if (!accept.socket)
        return pause(accept);
    // AcceptEx wants 16 bytes more for each address than the longest one takes, which is IPv6.
    constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;
    DWORD error = ERROR_SUCCESS;
    do {
        static_cast<OVERLAPPED&>(accept) = {};
        error = start(listener_io_.get(), [&] {
            DWORD bytes = 0;
            return accept_ex_(listener_.get(), accept.socket.get(), accept.addresses.data(), 0,
                              address_size, address_size, &bytes, &accept) != FALSE;
        });
    } while (win32::concerns_one_client(error)); // that client was gone before its turn
    if (error != ERROR_SUCCESS)
        pause(accept);
}

//! [pause]
void echo_server::pause(accept_operation& accept) noexcept {
    accept.idle = true;
    const std::shared_lock held{gate_};
    if (stopping_)
        return;
    ULARGE_INTEGER due;
    due.QuadPart =
        static_cast<ULONGLONG>(-accept_pause * 10'000); // below 0: from now on, in 100 ns
    FILETIME when{due.LowPart, due.HighPart};
    ::SetThreadpoolTimer(timer_.get(), &when, 0, 0);
}

void CALLBACK echo_server::on_timer(PTP_CALLBACK_INSTANCE, void* context, PTP_TIMER) noexcept {
    echo_server& server = *static_cast<echo_server*>(context);
    for (accept_operation& accept : server.accepts_)
        if (accept.idle.exchange(false))
            server.start_accept(accept);
}
//! [pause]

// Until this is set the new socket does not know that it is connected: shutdown, getpeername and
// SO_LINGER may fail on it.
static void set_accept_context(SOCKET client, SOCKET listener) {
    ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);
}

void echo_server::finish_accept(accept_operation& accept, DWORD error) noexcept {
    if (stopping_)
        return; // stop() closes its socket, and the client that may have come just now
    win32::unique_socket socket = std::move(accept.socket);
    if (error != ERROR_SUCCESS && !win32::concerns_one_client(error))
        return pause(accept); // there was no socket to be had
    start_accept(accept);     // first: the next client need not wait for this one
    if (error != ERROR_SUCCESS)
        return; // that client was gone before its turn
    set_accept_context(socket.get(), listener_.get());
    add_session(std::move(socket));
}

void echo_server::add_session(win32::unique_socket socket) noexcept {
    std::unique_lock lock{mutex_};
    try {
        sessions_.emplace_front(*this);
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no memory: this client goes, the others stay
    }
    session& self = sessions_.front();
    self.self = sessions_.begin();
    self.socket = std::move(socket);
    lock.unlock();
    // Puts the socket on the pool's port. Each of its completions will call on_session_io.
    self.io.reset(::CreateThreadpoolIo(reinterpret_cast<HANDLE>(self.socket.get()), on_session_io,
                                       &self, &environment_));
    if (!self.io)
        return end(self);
    start_receive(self);
}

// Lifetime: from here until its callback, Windows may write to self.buffer and to self.in_flight.
// The callback may have ended the session before start() has returned: so nothing of it is touched
// after a start that was good.
void echo_server::start_receive(session& self) noexcept {
    self.in_flight = {};
    const DWORD error = start(self.io.get(), [&self] {
        WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD flags = 0;
        return ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight,
                         nullptr) == 0;
    });
    if (error != ERROR_SUCCESS)
        end(self); // nothing is in flight
}

void echo_server::start_send(session& self) noexcept {
    self.in_flight = {};
    const DWORD error = start(self.io.get(), [&self] {
        WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
        return ::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, &self.in_flight, nullptr) == 0;
    });
    if (error != ERROR_SUCCESS)
        end(self);
}

// The operation in flight has completed: takes its result and starts the next one.
void echo_server::advance(session& self, DWORD error, DWORD bytes) noexcept {
    if (error != ERROR_SUCCESS)
        return end(self); // the client reset the connection, or stop() has cancelled
    if (self.has_unsent()) {
        self.begin += bytes;
    } else if (bytes == 0) {
        return end(self); // the client has finished sending, and has had all of it back
    } else {
        self.begin = 0;
        self.end = bytes;
    }
    self.has_unsent() ? start_send(self) : start_receive(self);
}

//! [end]
// Nothing is in flight for this session. As a rule this is the last of its callbacks, in which its
// io may be closed: the pool keeps the rest until the callback has returned.
void echo_server::end(session& self) noexcept {
    unique_io io; // goes after the socket
    win32::unique_socket socket;
    {
        const std::lock_guard lock{mutex_}; // stop() must not cancel on a socket that is closed
        io = std::move(self.io);
        socket = std::move(self.socket);
        sessions_.erase(self.self);
    }
    if (stopping_)
        win32::reset_on_close(socket.get()); // else the connection would hold the port
}
//! [end]

void echo_server::cancel_all() noexcept {
    ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), nullptr);
    const std::lock_guard lock{mutex_};
    for (const session& each : sessions_)
        ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
}

//! [stop]
void echo_server::stop() noexcept {
    {
        const std::lock_guard alone{gate_};
        if (stopping_.exchange(true))
            return;
    }
    // Every operation was started before, and is called back: cancelled, or done just now. The last
    // callback to leave finds the count at 0. (With no operation left that is done here.)
    cancel_all();
    if (--outstanding_ != 0)
        ::WaitForSingleObject(all_returned_.get(), INFINITE);
    // Those of the sessions have ended them. What is left is the server's own: first the timer, in
    // the documented order (unset, wait, close), since its callback may look at the accepts.
    ::SetThreadpoolTimer(timer_.get(), nullptr, 0, 0);
    ::WaitForThreadpoolTimerCallbacks(timer_.get(), TRUE);
    timer_.reset();
    for (accept_operation& accept : accepts_) {
        set_accept_context(accept.socket.get(), listener_.get()); // a client may have come just now
        win32::reset_on_close(accept.socket.get());
        accept.socket.reset();
    }
    listener_.reset(); // the socket first, then its io
    listener_io_.reset();
}
//! [stop]

} // namespace thread_pool
