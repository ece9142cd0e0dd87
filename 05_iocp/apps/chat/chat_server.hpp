/// \file
/// The chat server.
#pragma once

#include "room.hpp"
#include "server/server.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace chat {

enum class reason : std::uint8_t;

/// The limits of chat_options::send_limit. A quarter of the least one is 64 KiB; the rest holds the
/// longest `said` or `welcome`, and a `left` for each member of the largest room.
inline constexpr std::size_t least_send_limit = 256 * 1024;
inline constexpr std::size_t greatest_send_limit = 1024 * 1024 * 1024;

/// The options of a chat server.
struct chat_options {
    /// The options of the server below. Its queue_limit, its two marks and its stall_timeout are
    /// not used, but set from send_limit and stall_timeout.
    iocp::server_options server;

    /// The bytes of a client's frame at most, from least_longest_frame to greatest_longest_frame
    /// (protocol.hpp). A client that sends a longer frame is sent away.
    std::size_t longest_frame = 4096;

    /// The members of one room at most, up to chat::most_members.
    std::size_t most_members = 256;

    /// The bytes that may wait to be sent to one client, from 256 KiB to 1 GiB. The high-water mark
    /// is a quarter of it, the low one a sixteenth. While a client's queue is above the high one,
    /// its room waits (room.hpp), so that no talk ever reaches the limit itself.
    std::size_t send_limit = 1024 * 1024;

    /// The time after which a client is reset if it takes nothing while its queue is above the
    /// high-water mark, and its room waits. 0 is no limit.
    std::chrono::milliseconds stall_timeout{10'000};

    /// The time after which a client is reset if it is in no room, whatever else it sends to keep
    /// its connection. 0 is no limit.
    std::chrono::milliseconds join_timeout{10'000};
};

/// Serves rooms in which people talk, by the protocol in protocol.hpp.
///
/// Threads: all public functions from any thread; the destructor from any but the pool's.
class chat_server final : private iocp::handler {
public:
    /// Listens and serves. Winsock must be started. Throws std::invalid_argument if an option is
    /// outside its limits; and as iocp::server does.
    explicit chat_server(const chat_options& options);

    /// Returns the port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }

    /// Returns the address on which the server listens, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return server_.address(); }

    /// Does the same as iocp::server::stop().
    void stop() noexcept { server_.stop(); }

    /// Returns the figures of this moment.
    [[nodiscard]] iocp::statistics figures() const noexcept { return server_.figures(); }

    /// Returns the number of rooms that have members.
    [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.count(); }

    /// Returns the number of clients that were reset after stall_timeout.
    [[nodiscard]] std::uint64_t slow_readers() const noexcept { return slow_readers_; }

private:
    void on_open(iocp::session& self) override;
    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override;
    void on_end(iocp::session& self) override;
    void on_drained(iocp::session& self) override;
    void on_resumed(iocp::session& self) override;
    void on_close(iocp::session& self, std::error_code why) override;

    [[nodiscard]] std::string_view obey_all(iocp::session& self, std::string_view bytes);
    void go_on(iocp::session& self);
    [[nodiscard]] bool obey(iocp::session& self, std::string_view frame);
    void enter(iocp::session& self, std::string_view where, std::string_view name);
    void leave(iocp::session& self) noexcept;
    void refuse(iocp::session& self, reason why);
    void expel(iocp::session& self, reason why);

    const chat_options options_;
    std::atomic<std::uint64_t> slow_readers_{0};
    const room_limits limits_;
    rooms rooms_;
    iocp::server server_; // last, since its threads use the members above
};

} // namespace chat
