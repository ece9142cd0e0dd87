// Prediction:

#pragma once

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cut_short {

/// One end of a connection that carries messages. Over the connection go the length of each
/// message, in four bytes with the highest one first, and then its bytes; it may have none.
///
/// Threads: one may send while another one receives.
class channel {
public:
    /// The most bytes that a message may have.
    static constexpr std::size_t longest = 64 * 1024;

    explicit channel(win32::unique_socket socket) : socket_{std::move(socket)} {}

    /// Sends `message`. Throws std::system_error when the connection is lost, and
    /// std::runtime_error when the message is too long.
    void send(std::string_view message) {
        if (message.size() > longest)
            throw too_long(message.size());
        const u_long header = ::htonl(static_cast<u_long>(message.size()));
        send_all({reinterpret_cast<const char*>(&header), sizeof header});
        send_all(message);
    }

    /// The next message; none if the other end has finished sending. Waits for it. Throws
    /// std::system_error when the connection is lost, and std::runtime_error when what comes in is
    /// no message.
    [[nodiscard]] std::optional<std::string> receive() {
        u_long header = 0;
        const int received =
            ::recv(socket_.get(), reinterpret_cast<char*>(&header), sizeof header, 0);
        if (received == SOCKET_ERROR)
            win32::throw_last_socket_error("recv");
        if (received == 0)
            return std::nullopt;
        const std::size_t length = ::ntohl(header);
        if (length > longest)
            throw too_long(length);
        std::string message(length, '\0');
        if (length != 0 &&
            ::recv(socket_.get(), message.data(), static_cast<int>(length), 0) == SOCKET_ERROR)
            win32::throw_last_socket_error("recv");
        return message;
    }

private:
    static std::runtime_error too_long(std::size_t length) {
        return std::runtime_error{"a message of " + std::to_string(length) + " bytes is too long"};
    }

    // send may take fewer bytes than it is given.
    void send_all(std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent = ::send(socket_.get(), bytes.data(), static_cast<int>(bytes.size()), 0);
            if (sent == SOCKET_ERROR)
                win32::throw_last_socket_error("send");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    win32::unique_socket socket_;
};

} // namespace cut_short
