#include "echo_server.hpp"

#include "socket.hpp"
#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <span>
#include <utility>

namespace coroutines {

constexpr unsigned accepts = 4;     // the number of accepts in flight
constexpr DWORD accept_pause = 100; // milliseconds to wait after an accept that found no socket

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

// Until this is set the new socket does not know that it is connected: shutdown, getpeername and
// SO_LINGER may fail on it.
void set_accept_context(SOCKET client, SOCKET listener) {
    ::setsockopt(client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                 reinterpret_cast<const char*>(&listener), sizeof listener);
}

} // namespace

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      accept_ex_{load_accept_ex(listener_.get())},
      completion_port_{0} {
    completion_port_.associate(reinterpret_cast<HANDLE>(listener_.get()));
    // Twice the processors: when a thread blocks in its work, the port lets another one run.
    const unsigned usual = 2 * std::max(1u, std::thread::hardware_concurrency());
    const unsigned count = options.threads != 0 ? options.threads : usual;
    try {
        for (unsigned i = 0; i < accepts; ++i)
            coroutines_.spawn(accept_clients());
        threads_.reserve(count);
        for (unsigned i = 0; i < count; ++i)
            threads_.push_back(win32::make_thread([this]() noexcept {
                while (completion_port_.run_one()) {
                }
            }));
    } catch (...) {
        stop(); // the kernel has accepts already, and threads may have started
        throw;
    }
}

echo_server::~echo_server() {
    stop();
}

//! [accept-clients]
task<> echo_server::accept_clients() {
    const std::stop_token stop = stop_.get_token();
    const SOCKET listener = listener_.get();
    const std::stop_callback on_stop{stop, cancel_io{reinterpret_cast<HANDLE>(listener)}};
    for (;;) {
        win32::unique_socket client{::WSASocketW(address_.si_family, SOCK_STREAM, IPPROTO_TCP,
                                                 nullptr, 0, WSA_FLAG_OVERLAPPED)};
        DWORD error = static_cast<DWORD>(::WSAGetLastError()); // of interest without a socket
        if (client)
            error = co_await accept{accept_ex_, listener, client.get(), stop};
        if (stop.stop_requested()) {
            set_accept_context(client.get(), listener); // a client may have come just now
            win32::reset_on_close(client.get());
            co_return;
        }
        if (error == ERROR_SUCCESS) {
            set_accept_context(client.get(), listener);
            start_session(std::move(client));
        } else if (!win32::concerns_one_client(error)) {
            co_await pause{completion_port_, accept_pause}; // there is no socket to be had
        }
    }
}
//! [accept-clients]

void echo_server::start_session(win32::unique_socket client) noexcept {
    try {
        coroutines_.spawn(serve(std::move(client)));
    } catch (const std::exception&) {
        // No memory for a frame: this client's socket is closed, and the others stay.
    }
}

//! [serve]
// The session: its frame holds the socket, the buffer, and the operation in flight.
task<> echo_server::serve(win32::unique_socket client) {
    const SOCKET socket = client.get();
    completion_port_.associate(reinterpret_cast<HANDLE>(socket));
    const std::stop_token stop = stop_.get_token();
    const std::stop_callback on_stop{stop, reset_connection{socket}};
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const DWORD received = co_await receive{socket, buffer, stop};
        if (received == 0)
            co_return; // the client has finished sending, and has had all of it back
        for (DWORD begin = 0; begin != received;) {
            const std::span<char> rest{buffer.data() + begin, received - begin};
            const DWORD sent = co_await send{socket, rest, stop};
            begin += sent;
        }
    }
}
//! [serve]

//! [stop]
void echo_server::stop() noexcept {
    if (std::exchange(stopping_, true))
        return;
    for (std::size_t i = 0; i < threads_.size(); ++i)
        completion_port_.post_stop();
    for (std::thread& thread : threads_)
        thread.join();
    // From here on this thread alone runs coroutines. So none of them is between its look at the
    // token and its call: a cancel that came there would find nothing to cancel.
    stop_.request_stop();
    while (coroutines_.running() != 0)
        completion_port_.run_one();
    listener_.reset();
}
//! [stop]

} // namespace coroutines
