/// \file
/// A client of the small scenario: a few messages, each after a pause of its own.
#pragma once

#include "processes/stop.hpp"

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace comparison {

/// A message, which the server sends back.
struct paced_message {
    std::chrono::milliseconds pause{}; ///< before it is sent
    std::size_t size = 64;             ///< bytes
    /// A client that is slow to read begins to read only when it could send nothing more for so
    /// long, be it that all is sent or that the server takes no more. 0: it reads at once.
    std::chrono::milliseconds slowness{};
};

/// What a client does.
struct client_script {
    std::chrono::milliseconds arrives{}; ///< after this long it connects
    /// Whether the system holds little for it while it is slow, each way, rather than a lot: then
    /// its sending stalls as soon as the server stops reading.
    bool small_buffers = false;
    std::vector<paced_message> messages;
};

/// Plays a script against the server on 127.0.0.1:`port`: connects, exchanges the messages, says
/// that it has finished, and waits for the server to close. Returns how many bytes it has sent;
/// they all came back, byte for byte. Winsock must be started.
///
/// Throws std::system_error for a failed call, std::runtime_error for a wrong byte, a connection
/// that the server closed, and when nothing happens for `patience`; `interrupted` when `stop` is
/// requested.
std::uint64_t play(const client_script& script, std::uint16_t port,
                   std::chrono::milliseconds patience, const stop_token& stop);

} // namespace comparison
