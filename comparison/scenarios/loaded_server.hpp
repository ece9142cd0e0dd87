/// \file
/// The common part of the scenarios that load an echo server.
#pragma once

#include "context.hpp"
#include "load/load.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace comparison {

/// The load of a row, with 64-byte messages: its `connections` and `silent` clients, measured for
/// effort::seconds, and then until `enough_replies` have come or effort::longest is over.
[[nodiscard]] load_options load_of(const context& with);

/// Starts the server, waits for its `listening on 127.0.0.1:PORT`, loads it from a process of its
/// own, and stops it. Fills in `options.port`. Neither process is left when this returns or throws.
///
/// To load_report::limit it adds the server's last words, and what stop_server() found wrong.
///
/// Throws std::runtime_error or std::system_error that says what went wrong, and how the server
/// ended if it did: the server fails to start, does not listen, closes a connection, sends a wrong
/// byte, gets stuck or dies. Throws `interrupted` when `stop` is requested.
[[nodiscard]] load_report load_server(const command& server, load_options options,
                                      const stop_token& stop);

/// Estimates the seconds for load_of(): starting the programs, connecting, serving each client
/// once, and the measured time.
[[nodiscard]] double seconds_under_load(const run& row, const effort& how);

/// The replies for which a scenario of short messages waits: five of them are slower than the p99.
inline constexpr std::uint64_t enough_replies = 500;

/// The limit of a load, and the figures of add_replies(), add_load() and add_size().
[[nodiscard]] sample sample_of(const load_report& report);

/// Adds the figures of a measured time: `requests_per_second`, `replies` (the number on which the
/// percentiles rest), `p50_ms` and `p99_ms`. Leaves out percentiles of so few replies that they
/// would be chance: the p50 of fewer than 20, the p99 of fewer than 300.
void add_replies(sample& to, const load_window& window);

/// Adds `load_busy`: the share of a measured time that the load's thread spent outside the call
/// that waits for packets. Near 1, the load is the bottleneck and not the server. Time in which the
/// thread was ready and had no processor counts as busy. The call's own cost does not, so the load
/// may be the bottleneck below 1, too.
void add_load(sample& to, const load_window& window);

/// Adds `threads` and `memory_mib`, if they are known.
void add_size(sample& to, const std::optional<process_size>& size);

/// Bytes in MiB (2^20 bytes), and a time in milliseconds.
[[nodiscard]] double to_mebibytes(std::uint64_t bytes);
[[nodiscard]] double to_ms(std::chrono::nanoseconds time);

} // namespace comparison
