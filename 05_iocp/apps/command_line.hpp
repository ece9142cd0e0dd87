/// \file
/// The command-line options that several programs share.
#pragma once

#include "server/options.hpp"

#include "program/program.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace apps {

/// Adds the option `name`, which takes seconds and fractions of them. `time` holds its default.
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
        ->transform(program::number(0, 1'000'000))
        ->type_name("SECONDS")
        ->default_str(CLI::detail::to_string(static_cast<double>(time.count()) / 1000));
}

/// Adds `--idle-timeout` and `--drain-timeout`.
/// Lifetime: `options` outlives the parsing.
inline void add_timeouts(CLI::App& app, iocp::server_options& options) {
    add_seconds(app, "--idle-timeout", options.idle_timeout,
                "reset a client over whose connection nothing goes for so long; who takes\n"
                "16 KiB a second of what was sent is not idle; 0: never");
    add_seconds(app, "--drain-timeout", options.drain_timeout,
                "at the end, let clients take what was sent to them, and leave, for so long;\n"
                "no other timeout counts then");
}

/// Adds `--threads`, `--concurrency` and `--max-connections`.
/// Lifetime: `options` outlives the parsing.
inline void add_pool(CLI::App& app, iocp::server_options& options) {
    app.add_option("--threads", options.threads, "size of the pool; 0 is twice the processors")
        ->transform(program::whole_number(0, program::most_threads))
        ->capture_default_str();
    app.add_option("--concurrency", options.concurrency,
                   "threads that run at once; 0 is the number of processors")
        ->transform(program::whole_number(0, program::most_threads))
        ->capture_default_str();
    app.add_option("--max-connections", options.max_connections,
                   "connections at once; others wait until one has ended")
        ->transform(program::whole_number(1, 1'000'000))
        ->capture_default_str();
}

} // namespace apps
