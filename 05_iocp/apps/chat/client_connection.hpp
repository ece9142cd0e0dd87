/// \file
/// A client's side of the connection.
#pragma once

#include "apps/chat/wire/frame_reader.hpp"
#include "apps/chat/wire/protocol.hpp"

#include "win32/slim_lock.hpp"
#include "win32/unique_resource.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

/// A connection to the first of `addresses` (at least one) that takes it. A name may have addresses
/// of both families, while its server listens on one of them. Throws std::system_error that names
/// `server` and says why the last one failed.
[[nodiscard]] win32::unique_socket connect_to_one(const std::vector<SOCKADDR_INET>& addresses,
                                                  const std::string& server);

/// Blocking calls: one thread receives, any other may send meanwhile.
///
/// What is said comes back as `said`. Of that no more than a few may be outstanding, then say()
/// waits: else a file that is piped into a client would fill all buffers between here and the
/// server, and leave() would wait until the room has heard all of it.
class client_connection {
public:
    /// Connects. `address` is IPv4 or IPv6, or a name, whose addresses are tried in turn.
    /// Throws std::system_error that names address and port.
    client_connection(const std::string& address, std::uint16_t port);

    client_connection(const client_connection&) = delete;
    client_connection& operator=(const client_connection&) = delete;

    /// Sends a frame. False: after leave(), or when the connection is broken, which receive() finds
    /// as well. Waits for as long as the server does not read. Any thread.
    bool send(std::string_view frame) noexcept;

    /// Sends `text` as `say`, when not too much of this is outstanding. False: as above. Any
    /// thread. Throws as encode().
    bool say(std::string_view text);

    /// What say() has sent has come back. Any thread.
    void heard() noexcept;

    /// Sends `leave`, and that this was all: the server answers with `left`, and closes. Any
    /// thread, and more than once.
    void leave() noexcept;

    /// Waits for the next message; nothing, when the server has closed. The message is good until
    /// the next call. One thread at a time. Throws std::system_error when the connection is broken;
    /// std::runtime_error when the server does not keep to the protocol.
    [[nodiscard]] std::optional<server_message> receive();

private:
    static constexpr unsigned most_unheard = 32;

    bool send_all(std::string_view bytes) noexcept REQUIRES(send_lock_);

    const std::string server_; // for messages
    const win32::winsock winsock_;
    win32::unique_socket socket_;

    frame_reader frames_{longest_frame_of_all}; // this and the next two: of receive()
    std::array<char, 16 * 1024> buffer_;
    std::string_view received_; // in buffer_, and not yet looked at

    win32::slim_lock send_lock_; // a frame goes out whole
    bool has_left_ GUARDED_BY(send_lock_) = false;

    win32::slim_lock lock_;
    std::condition_variable_any changed_;
    unsigned unheard_ GUARDED_BY(lock_) = 0;
    bool is_leaving_ GUARDED_BY(lock_) = false; // say() waits no longer
};

} // namespace chat
