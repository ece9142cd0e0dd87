#include "echo_server.hpp"

#include "win32/thread.hpp"

#include <array>

namespace overlapped_event {

namespace {

//! [load-accept-ex]
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
//! [load-accept-ex]

} // namespace

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      stop_requested_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
    if (!stop_requested_)
        win32::throw_last_error("CreateEventW");
    thread_ = win32::make_thread(&echo_server::accept_clients, this);
}

echo_server::~echo_server() {
    stop();
}

void echo_server::stop() noexcept {
    if (!thread_.joinable())
        return;
    ::SetEvent(stop_requested_.get());
    thread_.join();
    groups_.clear();
    listener_.reset();
}

//! [accept]
// Until this is set the new socket does not know that it is connected: shutdown, getpeername and
// SO_LINGER may fail on it.
static void set_accept_context(SOCKET client, SOCKET listener) {
    ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);
}

// Accepting is an operation like any other: started, in flight, completed. The socket for the
// client is made beforehand. False: stop() was called, and nothing is in flight.
bool echo_server::wait_for_client(win32::unique_socket& client) {
    operation accept;
    client = win32::make_tcp_socket(address_.si_family); // of the listener's family
    // AcceptEx wants 16 bytes more for each address than the longest one takes, which is IPv6.
    constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;
    std::array<char, std::size_t{2} * address_size> addresses;
    DWORD bytes = 0;
    const BOOL done = accept_ex_(listener_.get(), client.get(), addresses.data(), 0, address_size,
                                 address_size, &bytes, accept.prepare());
    DWORD error = done ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    if (win32::concerns_one_client(error)) {
        client.reset(); // that client was gone before we came to it
        return true;
    }
    if (!done && error != ERROR_IO_PENDING)
        win32::throw_error(error, "AcceptEx");

    const std::array<WSAEVENT, 2> events{stop_requested_.get(), accept.event.get()};
    const bool stopping = ::WSAWaitForMultipleEvents(2, events.data(), FALSE, WSA_INFINITE,
                                                     FALSE) == WSA_WAIT_EVENT_0;
    if (stopping)
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), &accept);

    // Lifetime: `accept` and `addresses` live on this stack, so this function returns only when the
    // completion is there: TRUE waits for it, which takes a moment only after a cancel.
    DWORD flags = 0;
    const BOOL good = ::WSAGetOverlappedResult(listener_.get(), &accept, &bytes, TRUE, &flags);
    error = good ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
    if (good)
        set_accept_context(client.get(), listener_.get());
    if (stopping) {
        win32::reset_on_close(client.get()); // it may have come just now, and would hold the port
        return false;
    }
    if (!good)
        client.reset();
    // It may also complete for want of a socket, say: as if it could not have been started.
    if (!good && !win32::concerns_one_client(error))
        win32::throw_error(error, "AcceptEx");
    return true;
}
//! [accept]

void echo_server::accept_clients() {
    for (;;) {
        try {
            win32::unique_socket client;
            if (!wait_for_client(client))
                return;
            if (client)
                hand_over(std::move(client));
        } catch (const std::exception&) {
            // Windows gives no more sockets, events, threads or memory. It will when clients have
            // left: we ask again in a while, and do not burn the processor until then.
            if (::WaitForSingleObject(stop_requested_.get(), 100) == WAIT_OBJECT_0)
                return;
        }
    }
}

//! [hand-over]
void echo_server::hand_over(win32::unique_socket client) {
    for (session_group& group : groups_)
        if (group.add(client))
            return;
    groups_.emplace_back().add(client); // the others are full: one more thread
}
//! [hand-over]

} // namespace overlapped_event
