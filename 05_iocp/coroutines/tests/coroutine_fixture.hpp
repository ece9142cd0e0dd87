/// \file
/// The fixture of the tests of the coroutines: a connection whose one end is on a port.
#pragma once

#include "completion_port.hpp"
#include "scope.hpp"
#include "socket.hpp"
#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <stop_token>
#include <string_view>
#include <utility>

namespace coroutines {

/// A port, a scope, and a connection. A test runs the coroutines on its own thread, by run().
class coroutine_test : public harness::facts {
protected:
    coroutine_test() { port.associate(reinterpret_cast<HANDLE>(connection.server.get())); }

    /// Takes packets until no coroutine is left.
    void run() {
        const harness::watchdog limit{"the coroutines' end"};
        while (all.running() != 0)
            port.run_one();
    }

    /// Sends from the client's end.
    void send_to_server(std::string_view bytes) const {
        ASSERT_EQ(::send(connection.client.get(), bytes.data(), static_cast<int>(bytes.size()), 0),
                  static_cast<int>(bytes.size()));
    }

    [[nodiscard]] SOCKET server() const { return connection.server.get(); }

    harness::socket_pair connection = harness::make_socket_pair();
    completion_port port{0};
    std::stop_source source;
    const std::stop_token stop = source.get_token();
    scope all;
};

/// Whether the other side has reset the connection, and not ended it. Windows says so in recv. Wine
/// 8 says 0 there, as after an end; but then no send succeeds, and after an end the first one does.
inline bool was_reset(SOCKET socket) {
    char byte = 0;
    const int received = ::recv(socket, &byte, 1, 0);
    if (received == SOCKET_ERROR)
        return ::WSAGetLastError() == WSAECONNRESET;
    return received == 0 && ::send(socket, &byte, 1, 0) == SOCKET_ERROR;
}

/// Counts how often its copies end.
struct counted {
    explicit counted(int& count) : ends{&count} {}
    counted(counted&& other) noexcept : ends{std::exchange(other.ends, nullptr)} {}
    counted& operator=(counted&&) = delete;
    ~counted() {
        if (ends != nullptr)
            ++*ends;
    }
    int* ends;
};

} // namespace coroutines
