/// \file
/// The tests' side of a connection.
#pragma once

#include "win32/unique_resource.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace harness {

/// A TCP client on this machine, with blocking calls.
///
/// Every call that waits gives up at the deadline (machine/deadline.hpp): no test waits that long
/// and goes on, so the limit only turns a hang into a failure. Errors are exceptions,
/// std::system_error for a call that failed and std::runtime_error for a stream that ended too
/// soon; GoogleTest reports both.
///
/// Threads: one may send while another receives; all else is for one thread at a time.
class client {
public:
    client() = default;

    /// Connects, as connect(port, address) does.
    explicit client(std::uint16_t port, const std::string& address = "127.0.0.1") {
        connect(port, address);
    }

    /// Connects; `address` is IPv4 or IPv6. Throws std::system_error.
    void connect(std::uint16_t port, const std::string& address = "127.0.0.1");

    /// Sends all of `bytes`. Blocks while the server does not read.
    void send(std::string_view bytes);

    /// Sends as much of `bytes` as the system takes without waiting, and returns how much: 0 when
    /// its buffers are full.
    [[nodiscard]] std::size_t send_without_waiting(std::string_view bytes);

    /// Whether bytes, or the end, have come in already. Does not wait.
    [[nodiscard]] bool has_something_to_read() const;

    /// The next `count` bytes.
    [[nodiscard]] std::string receive_exactly(std::size_t count);

    /// All bytes up to the end of the stream.
    [[nodiscard]] std::string receive_to_end();

    /// Returns when the server has ended the connection, with an end or with a reset, and throws
    /// away the bytes that come before that.
    void wait_until_closed();

    /// Sends `bytes` and returns as many as it receives. It writes on a second thread while it
    /// reads: an echo server stops reading when its own bytes are not taken, so a client that
    /// wrote first and read then would stop both sides for good.
    [[nodiscard]] std::string exchange(std::string_view bytes);

    /// Says that no more bytes will be sent. Receiving goes on.
    void half_close();

    /// Closes with a reset in place of an end: the server's next call on the connection fails. The
    /// port is free at once; after an orderly end the side that began it keeps its port for
    /// minutes.
    void reset();

    /// Closes; bytes that have not been read are lost.
    void close() noexcept { socket_.reset(); }

    /// The socket itself.
    [[nodiscard]] SOCKET native() const noexcept { return socket_.get(); }

private:
    std::size_t receive_some(char* where, std::size_t room);

    win32::unique_socket socket_;
};

/// Calls `write` on a second thread while it calls `read` on this one. Returns when both are done,
/// and rethrows an exception of either.
void write_while_reading(const std::function<void()>& write, const std::function<void()>& read);

/// `size` bytes that are the same for the same `seed` and look like noise.
[[nodiscard]] std::string make_message(std::size_t size, std::uint64_t seed = 1);

} // namespace harness
