#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace iocp {

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

//! [make-port]
echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      // Makes a new port. The last 0 lets as many threads run at once as there are processors.
      completion_port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)} {
    if (!completion_port_)
        win32::throw_last_error("CreateIoCompletionPort");
    // The same function puts the listener on the port, under the key 0.
    if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(listener_.get()), completion_port_.get(),
                                  0, 0))
        win32::throw_last_error("CreateIoCompletionPort");
    //! [make-port]
    for (accept_operation& accept : accepts_)
        start_accept(accept);
    // Twice the processors: when a thread blocks in its work, the port lets another one run.
    const unsigned usual = 2 * std::max(1u, std::thread::hardware_concurrency());
    const unsigned count = options.threads != 0 ? options.threads : usual;
    try {
        //! [make-pool]
        threads_.reserve(count);
        for (unsigned i = 0; i < count; ++i)
            threads_.push_back(win32::make_thread(&echo_server::serve, this));
        //! [make-pool]
    } catch (...) {
        stop(); // the kernel has the accepts already, and threads may have started
        throw;
    }
}

echo_server::~echo_server() {
    stop();
}

//! [serve]
void echo_server::serve() noexcept {
    for (;;) {
        // While an accept is idle, the wait has a limit, so that the accept is tried again.
        const std::optional<packet> taken = take_packet(pause_ends_ != 0 ? accept_pause : INFINITE);
        if (taken && taken->completed == nullptr)
            return; // stop() posted this one
        if (taken && taken->of == nullptr)
            finish_accept(static_cast<accept_operation&>(*taken->completed), taken->error);
        else if (taken)
            advance(*taken->of, taken->error, taken->bytes);
        if (const ULONGLONG ends = pause_ends_; ends != 0 && ::GetTickCount64() >= ends)
            start_idle_accepts();
    }
}
//! [serve]

// The four outcomes of GetQueuedCompletionStatus:
//   returns   overlapped
//   TRUE      not null     an operation has succeeded
//   FALSE     not null     an operation has failed: GetLastError says why
//   TRUE      null         a packet that stop() posted
//   FALSE     null         no packet: the time was up
//! [take-packet]
std::optional<echo_server::packet> echo_server::take_packet(DWORD milliseconds) noexcept {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* overlapped = nullptr;
    const BOOL good = ::GetQueuedCompletionStatus(completion_port_.get(), &bytes, &key, &overlapped,
                                                  milliseconds);
    const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
    if (!good && overlapped == nullptr)
        return std::nullopt;
    return packet{reinterpret_cast<session*>(key), overlapped, error, bytes};
}
//! [take-packet]

//! [start-accept]
// Lifetime: from here until its packet is taken, Windows may write to `accept`.
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
        DWORD bytes = 0;
        const BOOL done = accept_ex_(listener_.get(), accept.socket.get(), accept.addresses.data(),
                                     0, address_size, address_size, &bytes, &accept);
        error = done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    } while (win32::concerns_one_client(error)); // that client was gone before its turn
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING)
        pause(accept); // no packet will come
}
//! [start-accept]

//! [idle-accepts]
void echo_server::pause(accept_operation& accept) noexcept {
    accept.idle = true;
    pause_ends_ = ::GetTickCount64() + accept_pause;
}

void echo_server::start_idle_accepts() noexcept {
    pause_ends_ = 0; // first: an accept that falls idle meanwhile sets it anew
    for (accept_operation& accept : accepts_)
        if (accept.idle.exchange(false))
            start_accept(accept);
}
//! [idle-accepts]

//! [accept-context]
// Until this is set the new socket does not know that it is connected: shutdown, getpeername and
// SO_LINGER may fail on it.
static void set_accept_context(SOCKET client, SOCKET listener) {
    ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);
}
//! [accept-context]

//! [finish-accept]
void echo_server::finish_accept(accept_operation& accept, DWORD error) noexcept {
    win32::unique_socket socket = std::move(accept.socket);
    if (error != ERROR_SUCCESS && !win32::concerns_one_client(error))
        return pause(accept); // there was no socket to be had
    start_accept(accept);     // first: the next client need not wait for this one
    if (error != ERROR_SUCCESS)
        return; // that client was gone before its turn
    set_accept_context(socket.get(), listener_.get());
    add_session(std::move(socket));
}
//! [finish-accept]

//! [add-session]
void echo_server::add_session(win32::unique_socket socket) noexcept {
    std::unique_lock lock{mutex_};
    try {
        sessions_.emplace_front();
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no memory: this client goes, the others stay
    }
    session& self = sessions_.front();
    self.self = sessions_.begin();
    lock.unlock();
    self.socket = std::move(socket);
    //! [associate]
    // The key of the session's packets is the session.
    if (!::CreateIoCompletionPort(reinterpret_cast<HANDLE>(self.socket.get()),
                                  completion_port_.get(), reinterpret_cast<ULONG_PTR>(&self), 0))
        return end(self);
    start_receive(self);
    //! [associate]
}
//! [add-session]

//! [start-receive]
// Lifetime: from here until its completion has been collected, Windows may write to self.buffer and
// to self.in_flight. Another thread may take its packet before WSARecv has returned here, and end
// the session: so nothing of it is touched after a call that has started the operation.
void echo_server::start_receive(session& self) noexcept {
    self.in_flight = {};
    WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
    DWORD flags = 0;
    if (::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight, nullptr) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self); // failed at once: nothing is in flight
}
//! [start-receive]

void echo_server::start_send(session& self) noexcept {
    self.in_flight = {};
    WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
    if (::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, &self.in_flight, nullptr) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self);
}

//! [advance]
// The operation in flight has completed: takes its result and starts the next one.
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
    self.has_unsent() ? start_send(self) : start_receive(self);
}
//! [advance]

//! [end]
// Nothing is in flight for this session, so its memory may go.
void echo_server::end(session& self) noexcept {
    self.socket.reset(); // takes the longest, so before the lock
    const std::lock_guard lock{mutex_};
    sessions_.erase(self.self);
}
//! [end]

void echo_server::cancel_all() noexcept {
    //! [cancel-all]
    ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), nullptr);
    for (const session& each : sessions_) {
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
        ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
    }
    // A cancel only asks. Until the operation has completed, cancelled or not, its memory is lent:
    // it comes back as a packet, and no handle is closed before.
    std::size_t in_flight = sessions_.size();
    for (const accept_operation& accept : accepts_)
        in_flight += accept.idle ? 0 : 1;
    for (std::optional<packet> taken; in_flight != 0; in_flight -= taken && taken->completed)
        taken = take_packet(INFINITE); // it may be the stop packet of a thread that never began
    sessions_.clear();
    //! [cancel-all]
    //! [late-accepts]
    for (accept_operation& accept : accepts_) {
        set_accept_context(accept.socket.get(), listener_.get()); // a client may have come just now
        win32::reset_on_close(accept.socket.get());
        accept.socket.reset();
    }
    //! [late-accepts]
}

//! [stop]
void echo_server::stop() noexcept {
    if (std::exchange(stopping_, true))
        return;
    // A stop packet for each thread. A thread takes one and ends, so none can take two.
    for (std::size_t i = 0; i < threads_.size(); ++i)
        ::PostQueuedCompletionStatus(completion_port_.get(), 0, 0, nullptr);
    for (std::thread& thread : threads_)
        thread.join();
    cancel_all();
    listener_.reset();
}
//! [stop]

} // namespace iocp
