/// \file
/// A client for recordings: it sends a few messages, each after a pause.
#pragma once

#include "processes/stop.hpp"

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace comparison {

/// A message that the server echoes.
struct paced_message {
    std::chrono::milliseconds pause{}; ///< the pause before it is sent
    std::size_t size = 64;             ///< its bytes
    /// The time for which the client must have sent nothing, because everything is sent or the
    /// server takes no more, before it begins to read; 0 if it reads at once.
    std::chrono::milliseconds slowness{};
};

/// The script of a client.
struct client_script {
    std::chrono::milliseconds arrives{}; ///< the time after which it connects
    /// True for small socket buffers in both directions, until it reads: its sending then stalls
    /// soon after the server stops reading.
    bool small_buffers = false;
    std::vector<paced_message> messages;
};

/// Plays a script against the server on 127.0.0.1:`port`: connects, exchanges the messages, shuts
/// down its sending side, and waits for the server to close. Returns the number of bytes that it
/// has sent and received again. Winsock must be started.
///
/// Throws std::system_error for a failed call, std::runtime_error for a wrong byte, for a
/// connection that the server closed, and if nothing happens for `patience`; `interrupted` when
/// `stop` is requested.
std::uint64_t play(const client_script& script, std::uint16_t port,
                   std::chrono::milliseconds patience, const stop_token& stop);

/// Bytes that look like noise, the same ones for the same size.
[[nodiscard]] std::string random_bytes(std::size_t size);

} // namespace comparison
