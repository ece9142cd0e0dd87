/// \file
/// A port that is free, and stays free for the test that asked.
#pragma once

#include "win32/unique_resource.hpp"

#include <cstdint>

namespace harness {

/// The number of a TCP port on 127.0.0.1 for a test that takes the port, gives it back and takes it
/// again. Nobody else gets the port in between.
///
/// Systems do not pick the number for a socket by themselves: it lies below their ranges, which
/// begin at 49152 on Windows and at 32768 on Linux, unless an administrator has moved them. Nor
/// does another test pick it meanwhile: each holds its number with a UDP socket, whose ports are
/// not those of TCP. drive/servers.py does the same, so the two do not meet either. Source:
/// https://learn.microsoft.com/troubleshoot/windows-server/networking/default-dynamic-port-range-tcpip-chang
///
/// Lifetime: longer than the last socket on the port. Winsock must be started.
class held_port {
public:
    /// Throws std::runtime_error when no port is free.
    held_port();

    /// The port, in host order.
    [[nodiscard]] std::uint16_t number() const noexcept { return number_; }

private:
    win32::unique_socket holder_;
    std::uint16_t number_ = 0;
};

} // namespace harness
