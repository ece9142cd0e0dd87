/// \file
/// The client's side of a connection.
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

/// Connects to the first of `addresses`, at least one, that accepts. A name may have addresses of
/// both families while its server listens on one of them. Throws std::system_error that names
/// `server`, with the error of the last address.
[[nodiscard]] win32::unique_socket connect_to_one(const std::vector<SOCKADDR_INET>& addresses,
                                                  const std::string& server);

/// A connection with blocking calls. One thread receives; any other thread may send meanwhile.
///
/// A text that is said comes back as `said`. While too many texts have not come back, say() waits.
/// Otherwise a file that is piped into a client would fill all buffers between here and the server,
/// and leave() would wait until the room has heard all of it.
class client_connection {
public:
    /// Connects to `address`: IPv4, IPv6, or a name, whose addresses are tried in turn.
    /// Throws std::system_error that names address and port.
    client_connection(const std::string& address, std::uint16_t port);

    client_connection(const client_connection&) = delete;
    client_connection& operator=(const client_connection&) = delete;

    /// Sends a frame, and waits while the server does not read. Returns false after leave(), and
    /// when the connection is broken, which receive() reports as well. Any thread.
    bool send(std::string_view frame) noexcept;

    /// Waits while too many texts have not come back, and sends `text` as `say`. Returns false as
    /// send() does, and if leave() is called meanwhile. Any thread. Throws as encode() does.
    bool say(std::string_view text);

    /// Counts one text of say() that has come back. Any thread.
    void heard() noexcept;

    /// Sends `leave` and the end of the stream. The server answers with `left`, and closes. Any
    /// thread, and more than once.
    void leave() noexcept;

    /// Waits for the next message, and returns it; nothing when the server has closed. The message
    /// is valid until the next call. One thread at a time. Throws std::system_error if the
    /// connection is broken; std::runtime_error if the server does not keep to the protocol.
    [[nodiscard]] std::optional<server_message> receive();

private:
    static constexpr unsigned most_unheard = 32;

    bool send_all(std::string_view bytes) noexcept REQUIRES(send_lock_);

    const std::string server_; // the server's name, for error messages
    const win32::winsock winsock_;
    win32::unique_socket socket_;

    // Used by receive() only.
    frame_reader frames_{longest_frame_of_all};
    std::array<char, 16 * 1024> buffer_;
    std::string_view received_; // the bytes in buffer_ that were not read yet

    win32::slim_lock send_lock_; // held while a frame is sent, so that it goes out whole
    bool has_left_ GUARDED_BY(send_lock_) = false;

    win32::slim_lock lock_;
    std::condition_variable_any changed_;
    unsigned unheard_ GUARDED_BY(lock_) = 0;
    bool is_leaving_ GUARDED_BY(lock_) = false; // ends the waiting in say()
};

} // namespace chat
