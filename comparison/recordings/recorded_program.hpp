/// \file
/// Recordings of the small scenario, the same for every model: the input of docs/timelines.
#pragma once

#include "processes/stop.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace comparison {

/// A program to record, and where its recording goes.
struct recorded_program {
    std::filesystem::path program;
    std::vector<std::wstring> arguments{}; ///< for the program, beside what the scenario gives it
    std::filesystem::path file;            ///< is replaced if it exists
    std::chrono::milliseconds patience = std::chrono::seconds{20}; ///< when nothing happens
};

/// Starts an echo server with `--trace FILE`. Three clients connect. Each sends three messages,
/// with pauses of its own; the second message of one of them is so large, and that client so slow
/// to read, that the server cannot send it all and has to wait. Then the server is stopped with
/// Ctrl+C. Returns how many bytes the clients have sent; they had all of them back. Winsock must be
/// started.
///
/// Throws std::runtime_error or std::system_error that says what went wrong, `interrupted` when
/// `stop` is requested. Nothing of the server is left then; its recording may be.
std::uint64_t record_echo(const recorded_program& what, const stop_token& stop);

/// Starts a copy program with `--trace FILE`. Its source is a pipe that gives half a MiB, a part at
/// a time. Returns how many bytes the pipe gave; the copy has all of them. Throws as record_echo().
std::uint64_t record_copy(const recorded_program& what, const stop_token& stop);

} // namespace comparison
