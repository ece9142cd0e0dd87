/// \file
/// The figures that more than one scenario has.
#pragma once

#include "rows/scenario.hpp"

namespace comparison::figures {

inline const figure requests{.name = "requests_per_second",
                             .title = "requests/s",
                             .unit = "1/s",
                             .is = better::higher,
                             .ranked = true,
                             .reason = true};
inline const figure p50{
    .name = "p50_ms", .title = "p50", .unit = "ms", .is = better::lower, .log = true};
inline const figure p99{.name = "p99_ms",
                        .title = "p99",
                        .unit = "ms",
                        .is = better::lower,
                        .ranked = true,
                        .log = true,
                        .reason = true};
inline const figure threads{.name = "threads",
                            .title = "threads",
                            .is = better::lower,
                            .carries_over = true,
                            .ranked = true,
                            .counted = true,
                            .log = true,
                            .chart = chart_size::large};
inline const figure memory{
    .name = "memory_mib", .title = "memory", .unit = "MiB", .is = better::lower, .log = true};
inline const figure megabytes{.name = "megabytes_per_second",
                              .title = "MB/s",
                              .unit = "MB/s",
                              .is = better::higher,
                              .ranked = true,
                              .reason = true,
                              .chart = chart_size::large};

// The basis of the other figures.
inline const figure replies{.name = "replies", .title = "replies counted", .is = better::higher};
inline const figure load_busy{
    .name = "load_busy", .title = "the load's thread at work", .is = better::lower};

} // namespace comparison::figures
