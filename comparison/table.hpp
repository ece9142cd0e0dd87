/// \file
/// What was measured, as text.
#pragma once

#include "sample.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace comparison {

/// One line of the echo table: a model under one number of connections.
struct echo_row {
    std::string model;
    unsigned connections = 1;
    std::vector<sample> samples{}; ///< one for each finished round
    std::string failure{};         ///< why there are no figures; empty when all is well
};

/// One round of the copy table, in milliseconds.
struct copy_sample {
    double empty_ms = 0; ///< to copy the empty file
    double large_ms = 0; ///< to copy the large file
};

/// One line of the copy table.
struct copy_row {
    std::string model;
    std::vector<copy_sample> samples{};
    std::string failure{};
};

/// 10^6 bytes a second, of `size` bytes in `ms` milliseconds.
[[nodiscard]] double megabytes_per_second(std::uint64_t size, double ms);

/// True when the row has figures of `rounds` rounds.
[[nodiscard]] bool is_whole(const echo_row& row, unsigned rounds);
[[nodiscard]] bool is_whole(const copy_row& row, unsigned rounds);

/// The table, with a line for every row: its figures (the median of the rounds and their spread),
/// or why it has none. Of `rounds` rounds some may be missing: the line says so.
[[nodiscard]] std::string echo_table(const std::vector<echo_row>& rows, unsigned rounds);

/// Likewise. `size` is that of the large file, in bytes.
[[nodiscard]] std::string copy_table(const std::vector<copy_row>& rows, unsigned rounds,
                                     std::uint64_t size);

/// Three digits that count, and commas: 0.312, 4.50, 19.2, 10,250.
[[nodiscard]] std::string to_text(double value);

} // namespace comparison
