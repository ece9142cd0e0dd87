#include "echo_server.hpp"

#include "win32/error.hpp"

#include <exception>
#include <utility>

namespace thread_pool {

//! [make-pool]
static unique_pool make_pool(unsigned threads) {
    unique_pool pool{::CreateThreadpool(nullptr)};
    if (!pool)
        win32::throw_last_error("CreateThreadpool");
    if (threads != 0)
        ::SetThreadpoolThreadMaximum(pool.get(), threads);
    // One thread at least, from the start: when none can be had later, there is nobody to tell.
    if (!::SetThreadpoolThreadMinimum(pool.get(), 1))
        win32::throw_last_error("SetThreadpoolThreadMinimum");
    return pool;
}
//! [make-pool]

echo_server::echo_server(const echo_options& options)
    : pool_{make_pool(options.threads)},
      listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())} {
    //! [put-on-the-pool]
    // What is made with this environment has its callbacks on this pool, and not on the one that
    // the whole process shares.
    ::SetThreadpoolCallbackPool(&environment_, pool_.get());
    listener_io_.reset(::CreateThreadpoolIo(reinterpret_cast<HANDLE>(listener_.get()),
                                            on_listener_io, this, &environment_));
    if (!listener_io_)
        win32::throw_last_error("CreateThreadpoolIo");
    //! [put-on-the-pool]
    timer_.reset(::CreateThreadpoolTimer(on_timer, this, &environment_));
    if (!timer_)
        win32::throw_last_error("CreateThreadpoolTimer");
    for (accept_operation& accept : accepts_) // last: from here on nothing throws
        start_accept(accept);
}

echo_server::~echo_server() {
    stop();
}

//! [session-callback]
void CALLBACK echo_server::on_session_io(PTP_CALLBACK_INSTANCE instance, void* context, void*,
                                         ULONG error, ULONG_PTR bytes, PTP_IO) noexcept {
    session& self = *static_cast<session*>(context);
    echo_server& server = self.server; // first: the next line may end the session
    server.advance(self, error, static_cast<DWORD>(bytes));
    server.gate_.leave(instance);
}
//! [session-callback]

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
//! [start-receive]
void echo_server::start_receive(session& self) noexcept {
    self.in_flight = {};
    const DWORD error = gate_.start(self.io.get(), [&self] {
        WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD flags = 0;
        return ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight,
                         nullptr) == 0;
    });
    if (error != ERROR_SUCCESS)
        end(self); // nothing is in flight
}
//! [start-receive]

void echo_server::start_send(session& self) noexcept {
    self.in_flight = {};
    const DWORD error = gate_.start(self.io.get(), [&self] {
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
// Nothing is in flight for this session. As a rule its last callback calls this, and may close its
// io: the pool frees the object when the callback has returned.
void echo_server::end(session& self) noexcept {
    unique_io io; // goes after the socket
    win32::unique_socket socket;
    {
        const std::lock_guard lock{mutex_}; // stop() must not cancel on a socket that is closed
        io = std::move(self.io);
        socket = std::move(self.socket);
        sessions_.erase(self.self);
    }
    if (gate_.is_closed())
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
    if (!gate_.close())
        return;
    // Every operation was started before, and is called back: cancelled, or done just now. The
    // callbacks of the sessions end them.
    cancel_all();
    gate_.wait_for_callbacks();
    // What is left is the server's own: first the timer, in the documented order (unset, wait,
    // close), since its callback looks at the accepts.
    ::SetThreadpoolTimer(timer_.get(), nullptr, 0, 0);
    ::WaitForThreadpoolTimerCallbacks(timer_.get(), TRUE);
    timer_.reset();
    close_accepts();
    listener_.reset(); // the socket first, then its io
    listener_io_.reset();
}
//! [stop]

} // namespace thread_pool
