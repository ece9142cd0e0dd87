/// \file
/// Clients of an echo server, and means to see whether they are served.
#pragma once

#include "client.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace harness {

/// Success when both are the same; a failure says where they differ, in place of all the bytes.
[[nodiscard]] ::testing::AssertionResult same_bytes(std::string_view sent,
                                                    std::string_view received);

/// A client that sends and never reads, up to the point where the server takes no more from it.
class flood {
public:
    /// The most bytes that it sends.
    static constexpr std::size_t limit = 64 * 1024 * 1024;

    /// Connects.
    explicit flood(std::uint16_t port);

    /// Sends until the connection is full, or until `limit` bytes are sent. It is full when nothing
    /// could be sent while `bystander` had 20 messages echoed: the server was alive and had its
    /// chances to read. Throws when `bystander` is not served meanwhile.
    void run(client& bystander);

    /// The bytes that it has sent.
    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

    /// Reads at last, to the end. Success when every byte that was sent comes back.
    [[nodiscard]] ::testing::AssertionResult read_all();

    /// The connection.
    client connection;

private:
    std::string piece_;
    std::size_t sent_ = 0;
};

/// A client that sends without end and reads every byte that comes back, on two threads of its own,
/// from the constructor on. It has been served once when the constructor returns. A server may stop
/// meanwhile.
class busy_client {
public:
    /// Connects, and begins.
    explicit busy_client(std::uint16_t port);
    ~busy_client();
    busy_client(const busy_client&) = delete;
    busy_client& operator=(const busy_client&) = delete;

private:
    client connection_;
    std::atomic<bool> enough_{false};
    std::thread pump_;
    std::thread drain_;
};

/// Connects `count` clients.
[[nodiscard]] std::vector<client> connect_clients(std::uint16_t port, std::size_t count);

/// Whether a client that connects now has its words back. The server may turn it away, but not
/// leave it waiting: that is a failure.
[[nodiscard]] bool serves_a_new_client(std::uint16_t port);

} // namespace harness
