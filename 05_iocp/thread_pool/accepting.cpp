// Accepting on the pool: AcceptEx, and a timer for the accepts that found no socket.
#include "echo_server.hpp"

#include "win32/error.hpp"

#include <utility>

namespace thread_pool {

constexpr LONGLONG accept_pause = 100; // milliseconds to wait after an accept that found no socket

LPFN_ACCEPTEX echo_server::load_accept_ex(SOCKET socket) {
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX function = nullptr;
    DWORD bytes = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                   sizeof function, &bytes, nullptr, nullptr) != 0)
        win32::throw_last_socket_error("WSAIoctl AcceptEx");
    return function;
}

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
        error = gate_.start(listener_io_.get(), [&] {
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
    ULARGE_INTEGER due;
    due.QuadPart = static_cast<ULONGLONG>(-accept_pause * 10'000); // 100 ns each; < 0: from now
    FILETIME when{due.LowPart, due.HighPart};
    gate_.if_open([&] { ::SetThreadpoolTimer(timer_.get(), &when, 0, 0); });
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

void CALLBACK echo_server::on_listener_io(PTP_CALLBACK_INSTANCE instance, void* context,
                                          void* overlapped, ULONG error, ULONG_PTR,
                                          PTP_IO) noexcept {
    echo_server& server = *static_cast<echo_server*>(context);
    server.finish_accept(*static_cast<accept_operation*>(static_cast<OVERLAPPED*>(overlapped)),
                         error);
    server.gate_.leave(instance);
}

void echo_server::finish_accept(accept_operation& accept, DWORD error) noexcept {
    if (gate_.is_closed())
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

// After stop() has collected them: no operation uses these sockets any more.
void echo_server::close_accepts() noexcept {
    for (accept_operation& accept : accepts_) {
        set_accept_context(accept.socket.get(), listener_.get()); // a client may have come just now
        win32::reset_on_close(accept.socket.get());
        accept.socket.reset();
    }
}

} // namespace thread_pool
