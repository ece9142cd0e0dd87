/// \file
/// The completion port of the load: lends memory to the kernel, and tells when it is back.
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

/// What the kernel is given, and gives back in a packet. It knows its client, so that the packet
/// leads there.
///
/// Lifetime: while it is in flight, it and the memory that it was started with are the kernel's.
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

    /// Whether an operation that succeeds at once queues a packet all the same.
    enum class on_success { no_packet, packet };

    /// Puts a socket on the port, for as long as it is open.
    void add(SOCKET socket, on_success what);

    /// Starts an operation: it is in flight from now on. But with on_success::no_packet it may have
    /// succeeded at once: then the number of bytes is returned, and no packet comes.
    std::optional<DWORD> receive(operation& op, std::span<char> memory);
    std::optional<DWORD> send(operation& op, std::span<char> memory);

    /// The next operation that is done, and no longer in flight; null when there was none until
    /// then.
    [[nodiscard]] operation* next(moment until);

    /// The bytes that a finished operation moved; throws the error that it ended with.
    [[nodiscard]] static DWORD result_of(operation& op);

    /// How long next() has waited for packets, all in all.
    [[nodiscard]] std::chrono::nanoseconds waited() const noexcept { return waited_; }

    /// How many operations are in flight.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

private:
    std::optional<DWORD> started(operation& op, DWORD error, const char* call);

    win32::unique_handle port_;
    std::size_t in_flight_ = 0;
    std::chrono::nanoseconds waited_{};

    // The packets of the last GetQueuedCompletionStatusEx that are not handed out yet.
    std::array<OVERLAPPED_ENTRY, 64> packets_{};
    ULONG packet_count_ = 0;
    ULONG next_packet_ = 0;
};

} // namespace comparison
