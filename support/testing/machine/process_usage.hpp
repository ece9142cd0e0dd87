/// \file
/// The threads, sockets and handles of this process: a server that has stopped must hold none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

#include "win32/windows.hpp"

namespace harness {

/// The number of the program's own threads that have not ended, this one among them. Threads that a
/// DLL of the system has started for itself are left out: they come and go as it pleases. Throws
/// std::system_error.
[[nodiscard]] std::size_t count_threads();

/// The numbers at one moment.
struct process_usage {
    std::size_t threads = 0; ///< as count_threads() has it
    std::size_t sockets = 0; ///< open sockets
    std::size_t handles = 0; ///< all open handles: sockets, events, threads, ports, files and so on
};

/// Counts. Threads and sockets are exact. Some handles belong to the system's libraries, which open
/// them when they like and keep them: only growth that goes on is a leak.
///
/// Winsock must be started. No thread of the program may be waiting in a synchronous call on a pipe
/// or a console that it has opened itself: Windows would answer no question about that handle
/// before the call has ended. (Handles that the process inherited may be in such a call, and are
/// not asked.) Throws std::system_error.
[[nodiscard]] process_usage measure_process();

/// Whether `now` is at most `few` more of each than `before`.
[[nodiscard]] bool is_within(const process_usage& now, const process_usage& before,
                             std::size_t few) noexcept;

/// Measures until is_within() holds, or until the deadline, and returns the last measurement.
[[nodiscard]] process_usage wait_for_usage_within(const process_usage& before, std::size_t few);

/// The sockets of this process that listen on `port`.
[[nodiscard]] std::vector<SOCKET> listeners_on(std::uint16_t port);

/// Lets a failed assertion show the numbers.
std::ostream& operator<<(std::ostream& out, const process_usage& usage);

} // namespace harness
