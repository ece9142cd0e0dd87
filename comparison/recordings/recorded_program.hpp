/// \file
/// One recording of one program: the same small load for every model. docs/timelines draws them.
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
    std::vector<std::wstring> arguments{}; ///< its arguments beside those for every program
    std::filesystem::path file;            ///< the recording; an old one is replaced
    bool with_busy_clients = false;        ///< for a server: true for clients that keep it busy
    std::chrono::milliseconds patience = std::chrono::seconds{20}; ///< the deadline of each step
};

/// Starts an echo server with `--trace FILE`, lets three clients connect and send three messages
/// each, and stops it with Ctrl+C. The second message of one client is so large, and that client so
/// slow to read, that the server has to wait before it can send all of it. Busy clients instead
/// send their messages in bursts, the next one when the last has come back. Returns the number of
/// bytes that the clients have sent and received again. Winsock must be started.
///
/// Throws std::runtime_error or std::system_error that says what went wrong, `interrupted` when
/// `stop` is requested. The server has then ended; its recording may be left.
std::uint64_t record_echo(const recorded_program& what, const stop_token& stop);

/// Starts a copy program with `--trace FILE`. Its source is a pipe that gives half a MiB, a part at
/// a time. Returns the number of bytes that were copied. Throws as record_echo().
std::uint64_t record_copy(const recorded_program& what, const stop_token& stop);

} // namespace comparison
