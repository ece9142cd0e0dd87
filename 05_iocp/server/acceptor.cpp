#include "acceptor.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace iocp {

namespace {

// AcceptEx needs 16 bytes more for each address than the largest one has, which is IPv6's.
constexpr DWORD address_room = sizeof(SOCKADDR_INET) + 16;

// Returns an extension function. Each provider has its own, so the socket is asked for it.
template <class Function>
Function load(SOCKET socket, GUID id, const char* name) {
    Function function = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                   sizeof function, &bytes, nullptr, nullptr) != 0)
        win32::throw_last_socket_error("WSAIoctl", name);
    return function;
}

// Tells the new socket that it is connected. Before, shutdown, getpeername and SO_LINGER may fail
// on it.
bool set_accept_context(SOCKET client, SOCKET listener) noexcept {
    return ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                        reinterpret_cast<const char*>(&listener), sizeof listener) == 0;
}

} // namespace

acceptor::acceptor(win32::unique_socket listener, worker_pool& workers, std::size_t places,
                   std::size_t pending, accepted on_accepted, std::function<void()> on_stopped,
                   counter& refused)
    : workers_{workers},
      on_accepted_{std::move(on_accepted)},
      on_stopped_{std::move(on_stopped)},
      refused_{refused},
      operations_{std::make_unique<accept_operation[]>(pending)},
      accept_ex_{load<LPFN_ACCEPTEX>(listener.get(), WSAID_ACCEPTEX, "AcceptEx")},
      get_addresses_{load<LPFN_GETACCEPTEXSOCKADDRS>(listener.get(), WSAID_GETACCEPTEXSOCKADDRS,
                                                     "GetAcceptExSockaddrs")},
      family_{win32::local_address(listener.get()).si_family},
      listener_{std::move(listener)},
      places_{places} {
    // A program that the handler starts with inherited handles must not hold the port.
    // (start_accept() does the same for connections.)
    if (!::SetHandleInformation(reinterpret_cast<HANDLE>(listener_.get()), HANDLE_FLAG_INHERIT, 0))
        win32::throw_last_error("SetHandleInformation", "the listener");
    // Set no skip mode: an accept may be started on any thread, and only a thread of the pool may
    // complete one that is done at once.
    workers_.port().associate(reinterpret_cast<HANDLE>(listener_.get()), "the listener");
    for (std::size_t i = 0; i < pending; ++i) {
        operations_[i].of = this;
        idle_.push(operations_[i]);
    }
}

//! [start]
void acceptor::start() noexcept {
    for (;;) {
        accept_operation* next = nullptr;
        {
            const win32::scoped_lock lock{lock_};
            if (stopping_ || places_ == 0 || idle_.empty())
                return;
            DWORD bytes = 0;
            next = static_cast<accept_operation*>(idle_.pop(bytes));
            --places_;
            ++busy_;
        }
        if (!start_accept(*next)) {
            next->socket.reset();
            put_back(*next, list::idle, true);
            return; // the next one would fail too
        }
    }
}
//! [start]

//! [start-accept]
// Lifetime: if this returns true, `what` belongs to Windows, or already to on_completed().
//
// AcceptEx is called without the lock, or threads that accept at the same time would wait for each
// other. The listener stays open meanwhile, since `what` counts as busy.
bool acceptor::start_accept(accept_operation& what) noexcept {
    what.socket.reset(::WSASocketW(family_, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (!what.socket)
        return false;
    for (;;) {
        what.clear();
        DWORD bytes = 0;
        // Length 0 completes on the connection alone. With more, silent clients would hold all
        // accepts.
        const bool done = accept_ex_(listener_.get(), what.socket.get(), what.addresses.data(), 0,
                                     address_room, address_room, &bytes, &what) != FALSE;
        const int error = done ? ERROR_SUCCESS : ::WSAGetLastError();
        const win32::scoped_lock lock{lock_};
        if (done || error == ERROR_IO_PENDING) {
            if (stopping_)
                cancel(); // stop() may have run before AcceptEx, and missed this operation
            return true;
        }
        // Such an error concerns a client that has left the backlog: try the next client.
        if (!win32::concerns_one_client(static_cast<DWORD>(error)) || stopping_)
            return false;
    }
}
//! [start-accept]

void acceptor::on_completed(operation& what, DWORD) noexcept {
    accept_operation& self = static_cast<accept_operation&>(what);
    self.of->finish_accept(self);
}

//! [finish-accept]
void acceptor::finish_accept(accept_operation& what) noexcept {
    // Set the context even if the accept has failed: a cancelled one may have met a client.
    const bool good = set_accept_context(what.socket.get(), listener_.get()) && !what.failed();
    // An accept that has failed for want of a socket, say, would fail again at once, so it rests.
    const list next = !what.failed() || concerns_one_client(what) ? list::idle : list::resting;
    win32::unique_socket socket = std::move(what.socket);
    const SOCKADDR_INET client = good ? client_of(what) : SOCKADDR_INET{};
    if (!put_back(what, next, !good)) {
        win32::reset_on_close(socket.get()); // or this connection would hold the port
        return;
    }
    start(); // first, so that the next client need not wait for this one
    if (good)
        on_accepted_(std::move(socket), client);
    else
        refused_.add();
}
//! [finish-accept]

bool acceptor::concerns_one_client(accept_operation& what) const noexcept {
    DWORD bytes = 0;
    DWORD flags = 0;
    return ::WSAGetOverlappedResult(listener_.get(), &what, &bytes, FALSE, &flags) ||
           win32::concerns_one_client(static_cast<DWORD>(::WSAGetLastError()));
}

SOCKADDR_INET acceptor::client_of(accept_operation& what) const noexcept {
    sockaddr* local = nullptr;
    sockaddr* remote = nullptr;
    int local_size = 0;
    int remote_size = 0;
    get_addresses_(what.addresses.data(), 0, address_room, address_room, &local, &local_size,
                   &remote, &remote_size);
    SOCKADDR_INET result{};
    if (remote != nullptr && remote_size > 0 && std::size_t(remote_size) <= sizeof result)
        std::memcpy(&result, remote, std::size_t(remote_size)); // `remote` may be unaligned
    return result;
}

void acceptor::leave() noexcept {
    {
        const win32::scoped_lock lock{lock_};
        ++places_;
    }
    start();
}

void acceptor::stop() noexcept {
    {
        const win32::scoped_lock lock{lock_};
        if (std::exchange(stopping_, true))
            return;
        ++busy_; // for this function, so that the end comes once, and not before cancel()
        cancel();
    }
    end_one();
}

void acceptor::retry() noexcept {
    {
        const win32::scoped_lock lock{lock_};
        if (stopping_)
            cancel();
        DWORD bytes = 0;
        while (operation* const each = resting_.pop(bytes))
            idle_.push(*each);
    }
    start();
}

// Cancels every accept in flight. If that fails, retry() does it again. With busy_ at 0 the
// listener may be closed already.
void acceptor::cancel() noexcept {
    if (busy_ != 0)
        static_cast<void>(completion_port::cancel(reinterpret_cast<HANDLE>(listener_.get())));
}

// Puts `what` into a list, and frees its place if `with_place`: no connection has taken that over.
// Returns false if the acceptor is stopping.
bool acceptor::put_back(accept_operation& what, list where, bool with_place) noexcept {
    {
        const win32::scoped_lock lock{lock_};
        (where == list::idle ? idle_ : resting_).push(what);
        places_ += with_place ? 1 : 0;
        if (!stopping_) {
            --busy_;
            return true;
        }
    }
    end_one();
    return false;
}

// Counts one user of the listener less. The last one closes it, which resets the clients that still
// wait in the backlog.
void acceptor::end_one() noexcept {
    win32::unique_socket closing;
    {
        const win32::scoped_lock lock{lock_};
        if (--busy_ != 0)
            return;
        closing = std::move(listener_);
    }
    closing.reset();
    on_stopped_();
}

} // namespace iocp
