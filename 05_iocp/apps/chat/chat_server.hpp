/// \file
/// The chat, as a handler of the completion-port server.
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

/// The limits of chat_options::send_limit. A quarter of the least is 64 KiB; the rest holds the
/// longest `said` or `welcome`, and a `left` of each member of the largest room.
inline constexpr std::size_t least_send_limit = 256 * 1024;
inline constexpr std::size_t greatest_send_limit = 1024 * 1024 * 1024;

/// What a chat server is told at its start.
struct chat_options {
    /// Its queue_limit, its two marks and its stall_timeout are not used: see send_limit.
    iocp::server_options server;

    /// Bytes of a client's frame, from least_longest_frame to greatest_longest_frame
    /// (protocol.hpp). A client that sends a longer one is sent away.
    std::size_t longest_frame = 4096;

    /// Members of one room, up to chat::most_members.
    std::size_t most_members = 256;

    /// Bytes that may wait to be sent to one client, from 256 KiB to 1 GiB. At a quarter of it the
    /// high-water mark is, at a sixteenth the low one: while one client's queue is above, nobody is
    /// heard in its room (room.hpp). So what is said never reaches the limit itself.
    std::size_t send_limit = 1024 * 1024;

    /// A client whose queue is above the high-water mark, and which takes nothing for so long, is
    /// reset: it would keep its room silent for ever. 0: never.
    std::chrono::milliseconds stall_timeout{10'000};

    /// A client that is in no room for so long is reset; 0: never. It covers the first frame, and
    /// whatever else one may send to keep a connection without use.
    std::chrono::milliseconds join_timeout{10'000};
};

/// Rooms, and what is said in them, after protocol.hpp.
///
/// Threads: all public functions from any thread, the destructor from any that is not of the pool.
class chat_server final : private iocp::handler {
public:
    /// Listens and serves. Throws std::system_error: a bad address, a taken port, no threads;
    /// std::invalid_argument: options outside their limits. Winsock must be started.
    explicit chat_server(const chat_options& options);

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }

    /// The address that it listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return server_.address(); }

    /// See iocp::server::stop().
    void stop() noexcept { server_.stop(); }

    /// The figures of this moment.
    [[nodiscard]] iocp::statistics figures() const noexcept { return server_.figures(); }

    /// Rooms that have members at this moment.
    [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.count(); }

    /// Clients that were reset because they took nothing for stall_timeout.
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
    iocp::server server_; // the last: its threads use all above
};

} // namespace chat
