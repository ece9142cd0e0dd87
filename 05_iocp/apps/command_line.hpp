/// \file
/// The options that several of the programs have.
#pragma once

#include "server/options.hpp"

#include "program/program.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace apps {

/// Adds the option `name`, which takes seconds, also parts of one. `time` has its default.
/// Lifetime: `time` outlives the parsing.
inline void add_seconds(CLI::App& app, const char* name, std::chrono::milliseconds& time,
                        const char* what) {
    app.add_option_function<double>(
           name,
           [&time](double seconds) {
               time =
                   std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(seconds * 1000))};
           },
           what)
        ->check(CLI::Range(0.0, 1e6))
        ->type_name("SECONDS")
        ->default_str(CLI::detail::to_string(static_cast<double>(time.count()) / 1000));
}

/// Adds `--threads`, `--concurrency` and `--max-connections`.
/// Lifetime: `options` outlives the parsing.
inline void add_pool(CLI::App& app, iocp::server_options& options) {
    app.add_option("--threads", options.threads, "size of the pool; 0 is twice the processors")
        ->capture_default_str();
    app.add_option("--concurrency", options.concurrency,
                   "threads that run at once; 0 is the number of processors")
        ->capture_default_str();
    app.add_option("--max-connections", options.max_connections,
                   "connections at once; others wait until one has ended")
        ->check(CLI::Range(1u, 1'000'000u))
        ->capture_default_str();
}

} // namespace apps
