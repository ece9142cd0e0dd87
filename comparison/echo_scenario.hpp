/// \file
/// One measurement of one echo server.
#pragma once

#include "child_process.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace comparison {

/// What to do to the server.
struct echo_options {
    unsigned connections = 1;
    std::chrono::nanoseconds duration{};                           ///< of the measured time
    std::chrono::milliseconds patience = std::chrono::seconds{10}; ///< with a server that is stuck
    std::vector<std::wstring> arguments{};                         ///< for the server
};

/// What came of it.
struct echo_sample {
    double requests_per_second = 0;
    double median_ms = 0;  ///< latency
    double p99_ms = 0;     ///< latency
    double threads = 0;    ///< under load
    double idle_mib = 0;   ///< memory before the first connection
    double memory_mib = 0; ///< memory under load
    unsigned unserved = 0; ///< connections that had no reply in the measured time
    ending end = ending::on_request;
};

/// Starts `program`, waits for its `listening on 127.0.0.1:PORT`, loads it and stops it. Nothing of
/// it is left when this returns or throws. Winsock must be started.
///
/// Throws std::runtime_error or std::system_error that says what went wrong, and how the server
/// ended if it did: it fails to start, does not listen, closes a connection, gives a wrong byte,
/// gets stuck, dies. Throws `interrupted` when `stop` is requested.
[[nodiscard]] echo_sample measure_echo(const std::filesystem::path& program,
                                       const echo_options& options,
                                       const std::stop_token& stop = {});

} // namespace comparison
