/// \file
/// The load's completion port, which lends memory to the kernel and gets it back.
#pragma once

#include "win32/unique_resource.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace comparison {

struct load_client;

/// The clock of the load's figures. It wraps QueryPerformanceCounter, in Visual Studio's library as
/// in MinGW-w64's: its resolution is well under a microsecond, and setting the machine's clock does
/// not move it. Source: https://learn.microsoft.com/cpp/standard-library/steady-clock-struct
using clock = std::chrono::steady_clock;
using moment = clock::time_point;

/// An operation that the kernel is given and returns in a packet. It leads to its client.
///
/// Lifetime: while it is in flight, it and its memory belong to the kernel.
struct operation : OVERLAPPED {
    explicit operation(load_client& its_owner) : OVERLAPPED{}, owner{its_owner} {}
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    load_client& owner;
    bool in_flight = false;
};

/// A completion port for one thread. Each function throws std::system_error that names the call.
class load_port {
public:
    load_port();

    /// The choice whether an operation that succeeds at once queues a packet all the same.
    enum class on_success { no_packet, packet };

    /// Associates a socket with the port, until the socket is closed.
    void add(SOCKET socket, on_success what);

    /// Starts an operation. Returns nothing if it is in flight, and the number of bytes if it has
    /// succeeded at once with on_success::no_packet: then no packet comes.
    std::optional<DWORD> receive(operation& op, std::span<char> memory);
    std::optional<DWORD> send(operation& op, std::span<char> memory);

    /// Waits for the next operation that is done, which is then no longer in flight. Returns null
    /// if none is done before `until`.
    [[nodiscard]] operation* next(moment until);

    /// The bytes that a finished operation has moved. Throws the operation's error.
    [[nodiscard]] static DWORD result_of(operation& op);

    /// The total time that next() has waited for packets.
    [[nodiscard]] std::chrono::nanoseconds waited() const noexcept { return waited_; }

    /// The number of operations in flight.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

private:
    std::optional<DWORD> started(operation& op, int result, const char* call);

    win32::unique_handle port_;
    std::size_t in_flight_ = 0;
    std::chrono::nanoseconds waited_{};

    // The packets of the last GetQueuedCompletionStatusEx; those from next_packet_ on are still to
    // be returned.
    std::array<OVERLAPPED_ENTRY, 64> packets_{};
    ULONG packet_count_ = 0;
    ULONG next_packet_ = 0;
};

} // namespace comparison
