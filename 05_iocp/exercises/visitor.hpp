/// \file
/// Clients of a program that takes sockets which are connected already.
#pragma once

#include "testing/client.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

namespace exercise {

/// Both ends of a connection over 127.0.0.1.
struct visitor {
    harness::client client;      ///< the check's end
    win32::unique_socket server; ///< the program's end
};

/// A new connection; its listener is closed again. Throws std::system_error.
[[nodiscard]] inline visitor make_visitor() {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    visitor result;
    // A connect over loopback returns when the connection waits in the backlog.
    result.client.connect(win32::local_port(listener.get()));
    result.server.reset(::accept(listener.get(), nullptr, nullptr));
    if (!result.server)
        win32::throw_last_socket_error("accept");
    return result;
}

} // namespace exercise
