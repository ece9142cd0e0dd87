/// \file
/// Clients of a program that takes sockets which are connected already.
#pragma once

#include "testing/client.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace exercise {

/// Both ends of a connection over 127.0.0.1.
struct connection {
    harness::client client;      ///< the check's end
    win32::unique_socket server; ///< the program's end
};

/// A new connection; its listener is closed again. Throws std::system_error.
[[nodiscard]] inline connection make_connection() {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    connection result;
    // A connect over loopback returns when the connection waits in the backlog.
    result.client.connect(win32::local_port(listener.get()));
    result.server.reset(::accept(listener.get(), nullptr, nullptr));
    if (!result.server)
        win32::throw_last_socket_error("accept");
    return result;
}

/// Lets `loop` handle packets until something has come for `client`: the next bytes, or nothing at
/// the end of the stream. The step's limit ends it when no packet comes any more.
template <class Loop>
[[nodiscard]] std::string next_bytes(Loop& loop, harness::client& client) {
    while (!client.has_something_to_read())
        loop.handle_next();
    std::array<char, 1024> buffer;
    const int received = ::recv(client.native(), buffer.data(), static_cast<int>(buffer.size()), 0);
    if (received < 0)
        win32::throw_last_socket_error("recv");
    return {buffer.data(), static_cast<std::size_t>(received)};
}

} // namespace exercise
