/// \file
/// What every scenario of an echo server has in common: start it, load it, stop it.
#pragma once

#include "context.hpp"
#include "load/load.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace comparison {

/// The load that a row asks for, with 64-byte messages: its `connections` and `silent` clients, and
/// at least effort::seconds of measured time. It goes on until `enough_replies` have come, but no
/// longer than effort::longest.
[[nodiscard]] load_options load_of(const context& with);

/// Starts the server, waits for its `listening on 127.0.0.1:PORT`, loads it from a process of its
/// own, and stops it. `options.port` is filled in. Nothing of both is left when this returns or
/// throws.
///
/// load_report::limit also says what the server printed then, and what was wrong with its end:
/// see stop_server().
///
/// Throws std::runtime_error or std::system_error that says what went wrong, and how the server
/// ended if it did: it fails to start, does not listen, closes a connection, gives a wrong byte,
/// gets stuck, dies. Throws `interrupted` when `stop` is requested.
[[nodiscard]] load_report load_server(const command& server, load_options options,
                                      const stop_token& stop);

/// About how many seconds load_of() takes: beside the measured time, to start the programs, to
/// connect and to serve each client once.
[[nodiscard]] double seconds_under_load(const run& row, const effort& how);

/// How many replies a scenario of short messages waits for: five of them are beyond the p99.
inline constexpr std::uint64_t enough_replies = 500;

/// The figures of add_replies(), add_load() and add_size() under the load, and the limit.
[[nodiscard]] sample sample_of(const load_report& report);

/// Adds `requests_per_second`, `replies` (that the percentiles rest on), `p50_ms` and `p99_ms` of a
/// measured time. Percentiles of too few replies are chance, and left out: the p50 of fewer than
/// 20, the p99 of fewer than 300.
void add_replies(sample& to, const load_window& window);

/// Adds `load_busy`: the share of a measured time that the load's one thread did not spend in the
/// call that waits for packets. Near 1 the load is the limit, and not the server. Time in which the
/// thread was ready and had no processor is in it; the call itself, which takes its time even when
/// packets are there, is not: so the load may be the limit below 1, too.
void add_load(sample& to, const load_window& window);

/// Adds `threads` and `memory_mib`, if the server could be looked at.
void add_size(sample& to, const std::optional<process_size>& size);

/// Bytes as 2^20 of them, and a time as thousandths of a second.
[[nodiscard]] double to_mebibytes(std::uint64_t bytes);
[[nodiscard]] double to_ms(std::chrono::nanoseconds time);

} // namespace comparison
