/// \file
/// The contents of a recording: the calls of a program that was started with `--trace FILE`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace comparison {

/// One call of one thread.
struct traced_call {
    std::string name; ///< as Windows calls it: `ReadFile`
    std::chrono::nanoseconds begin{};
    std::chrono::nanoseconds end{};
};

/// The calls of a program.
struct trace_file {
    std::vector<traced_call> calls; ///< in the order of their beginnings
    /// The bytes that calls have moved, by their name; those of an overlapped call count when it
    /// ends.
    std::map<std::string, std::uint64_t> bytes;
};

/// Reads the file. Throws std::runtime_error that names it when it cannot be read, is no recording,
/// or has not all calls: of a very long one the oldest are dropped. Source: trace/chrome_trace.hpp.
[[nodiscard]] trace_file read_trace(const std::filesystem::path& file);

} // namespace comparison
