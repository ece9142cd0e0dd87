/// \file
/// The operations on sockets: WSARecv, WSASend and AcceptEx as awaitables.
#pragma once

#include "operation.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <span>
#include <stop_token>

namespace coroutines {

//! [receive]
/// `co_await receive{…}` is the number of bytes that have come in; 0 is the end of the stream.
/// Throws std::system_error; at the stop, that is ERROR_OPERATION_ABORTED.
/// Lifetime: Windows writes to `buffer` until the coroutine goes on.
class receive : public operation {
public:
    receive(SOCKET socket, std::span<char> buffer, const std::stop_token& stop) noexcept
        : operation{start, stop},
          socket_{socket},
          buffer_{static_cast<ULONG>(buffer.size()), buffer.data()} {} ///< to be awaited once

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
    send(SOCKET socket, std::span<char> data, const std::stop_token& stop) noexcept
        : operation{start, stop},
          socket_{socket},
          buffer_{static_cast<ULONG>(data.size()), data.data()} {} ///< to be awaited once

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

/// `co_await accept{…}` is the error of an AcceptEx: an accept that fails is no reason to leave.
class accept : public operation {
public:
    /// To be awaited once. `client` is a socket that is not connected.
    accept(LPFN_ACCEPTEX accept_ex, SOCKET listener, SOCKET client,
           const std::stop_token& stop) noexcept
        : operation{start, stop}, accept_ex_{accept_ex}, listener_{listener}, client_{client} {}

    [[nodiscard]] DWORD await_resume() const noexcept { return error(); }

private:
    // AcceptEx wants 16 bytes more for each address than the longest one takes, which is IPv6.
    static constexpr DWORD address_size = sizeof(SOCKADDR_INET) + 16;

    static DWORD start(operation& base) noexcept {
        accept& self = static_cast<accept&>(base);
        DWORD received = 0;
        if (self.accept_ex_(self.listener_, self.client_, self.addresses_.data(), 0, address_size,
                            address_size, &received, &self))
            return ERROR_SUCCESS;
        return static_cast<DWORD>(::WSAGetLastError());
    }

    LPFN_ACCEPTEX accept_ex_;
    SOCKET listener_;
    SOCKET client_;
    std::array<char, 2 * address_size> addresses_;
};

/// For a std::stop_callback: ends what is in flight on a connection, and lets its closing reset it.
/// Lifetime and threads: as cancel_io.
struct reset_connection {
    SOCKET socket; ///< the connection

    /// Asks. Each operation in flight still comes back as a packet.
    void operator()() const noexcept {
        win32::reset_on_close(socket); // else the connection would hold the port
        cancel_io{reinterpret_cast<HANDLE>(socket)}();
    }
};

} // namespace coroutines
