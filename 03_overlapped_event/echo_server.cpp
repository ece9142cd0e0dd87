#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <exception>
#include <utility>

namespace overlapped_event {

constexpr DWORD accept_pause = 100; // milliseconds to wait after an accept that found no socket

//! [load-accept-ex]
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
//! [load-accept-ex]

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      wake_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
    if (!wake_)
        win32::throw_last_error("CreateEventW");
    thread_ = win32::make_thread(&echo_server::accept_clients, this);
}

echo_server::~echo_server() {
    stop();
}

//! [accept]
void echo_server::accept_clients() noexcept {
    const std::array<WSAEVENT, 2> events{wake_.get(), accept_.event.get()};
    bool accepting = start_accept();
    for (;;) {
        // When no accept could be started, the wait leaves its event out and lasts until the next
        // try: clients may have left by then.
        const DWORD count = accepting ? 2 : 1;
        const DWORD timeout = accepting ? WSA_INFINITE : accept_pause;
        if (::WSAWaitForMultipleEvents(count, events.data(), FALSE, timeout, FALSE) ==
            WSA_WAIT_EVENT_0)
            break; // stop() has signaled wake_
        accepting = accepting ? finish_accept() && start_accept() : start_accept();
    }
    if (accepting) {
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), &accept_);
        finish_accept();
    }
}
//! [accept]

//! [start-accept]
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
        //! [accept-ex]
        accept_.prepare();
        DWORD bytes = 0;
        const BOOL done = accept_ex_(listener_.get(), accepted_.get(), addresses_.data(), 0,
                                     address_size, address_size, &bytes, &accept_);
        //! [accept-ex]
        error = done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    } while (win32::concerns_one_client(error)); // that client was gone before its turn
    return error == ERROR_SUCCESS || error == ERROR_IO_PENDING;
}
//! [start-accept]

//! [finish-accept]
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
//! [finish-accept]

//! [add-session]
void echo_server::add_session(win32::unique_socket socket) noexcept {
    try {
        for (session_group& group : groups_)
            if (group.add(socket))
                return;
        groups_.emplace_back().add(socket); // the others are full: one more thread
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no event, say: it goes, the others stay
    }
}
//! [add-session]

void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    ::SetEvent(wake_.get());
    thread_.join();
    groups_.clear(); // ends their threads
    listener_.reset();
}

} // namespace overlapped_event
