#include "echo_server.hpp"

#include "operation.hpp"
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

//! [receive]
/// `co_await receive{…}` is the number of bytes that have come in; 0 is the end of the stream.
/// Throws std::system_error; at the stop, that is ERROR_OPERATION_ABORTED.
/// Lifetime: Windows writes to `buffer` until the coroutine goes on.
class receive : public operation {
public:
    receive(SOCKET socket, std::span<char> buffer, const std::stop_token& stop) noexcept
        : operation{start, stop},
          socket_{socket},
          buffer_{static_cast<ULONG>(buffer.size()), buffer.data()} {}

    [[nodiscard]] DWORD await_resume() const {
        if (error() != ERROR_SUCCESS)
            win32::throw_error(error(), "WSARecv");
        return bytes();
    }

private:
    static DWORD start(operation& base) noexcept {
        receive& self = static_cast<receive&>(base);
        DWORD flags = 0;
        if (::WSARecv(self.socket_, &self.buffer_, 1, nullptr, &flags, &self, nullptr) == 0)
            return ERROR_SUCCESS; // done at once: a packet will come all the same
        return static_cast<DWORD>(::WSAGetLastError());
    }

    SOCKET socket_;
    WSABUF buffer_;
};
//! [receive]

/// `co_await send{…}` is the number of bytes that have been sent: at least one, and perhaps not
/// all. Otherwise as receive.
class send : public operation {
public:
    send(SOCKET socket, std::span<char> bytes, const std::stop_token& stop) noexcept
        : operation{start, stop},
          socket_{socket},
          buffer_{static_cast<ULONG>(bytes.size()), bytes.data()} {}

    [[nodiscard]] DWORD await_resume() const {
        if (error() != ERROR_SUCCESS)
            win32::throw_error(error(), "WSASend");
        return bytes();
    }

private:
    static DWORD start(operation& base) noexcept {
        send& self = static_cast<send&>(base);
        if (::WSASend(self.socket_, &self.buffer_, 1, nullptr, 0, &self, nullptr) == 0)
            return ERROR_SUCCESS;
        return static_cast<DWORD>(::WSAGetLastError());
    }

    SOCKET socket_;
    WSABUF buffer_;
};

//! [accept]
/// `co_await accept{…}` is the error of an AcceptEx: an accept that fails is no reason to leave.
class accept : public operation {
public:
    accept(LPFN_ACCEPTEX accept_ex, SOCKET listener, SOCKET client,
           const std::stop_token& stop) noexcept
        : operation{start, stop}, accept_ex_{accept_ex}, listener_{listener}, client_{client} {}

    [[nodiscard]] DWORD await_resume() const noexcept { return error(); }

private:
    // AcceptEx wants 16 bytes more for each address than the longest one takes, which is IPv6.
    static constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;

    static DWORD start(operation& base) noexcept {
        accept& self = static_cast<accept&>(base);
        DWORD bytes = 0;
        if (self.accept_ex_(self.listener_, self.client_, self.addresses_.data(), 0, address_size,
                            address_size, &bytes, &self))
            return ERROR_SUCCESS;
        return static_cast<DWORD>(::WSAGetLastError());
    }

    LPFN_ACCEPTEX accept_ex_;
    SOCKET listener_;
    SOCKET client_;
    std::array<char, 2 * address_size> addresses_;
};
//! [accept]

/// For a std::stop_callback: ends what is in flight on a connection, and lets its closing reset it.
struct reset_connection {
    SOCKET socket;

    void operator()() const noexcept {
        win32::reset_on_close(socket); // else the connection would hold the port
        cancel_io{reinterpret_cast<HANDLE>(socket)}();
    }
};

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
        //! [make-pool]
        threads_.reserve(count);
        for (unsigned i = 0; i < count; ++i)
            threads_.push_back(win32::make_thread([this]() noexcept {
                while (completion_port_.run_one()) {
                }
            }));
        //! [make-pool]
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
