/// \file
/// The frame of every program's wmain(): the command line, errors, Ctrl+C. None of it belongs to an
/// I/O model, so the chapters share it.
#pragma once

#include "numbers.hpp"
#include "win32/text.hpp"
#include "win32/windows.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace program {

/// Parses the command line that wmain() was given into `app`, runs `body`, and returns wmain()'s
/// exit code:
///
/// - 0: `body` returned, or the user asked for `--help`;
/// - 1: `body` threw, or the output could not be written; one line on stderr names the call that
///   failed, its object, and the reason;
/// - 2: the arguments are wrong; the reason and the usage are on stderr.
///
/// The arguments are UTF-16 and go into `app` as UTF-8, so a name in any script arrives whole. (The
/// narrow ones of main() have passed through the legacy code page.)
///
/// stdout has a buffer from here on, on a console and on a pipe too: output that must be seen
/// before the end needs flush_output().
int run(CLI::App& app, int argc, const wchar_t* const* argv, const std::function<void()>& body);

/// Writes out the buffer of stdout. Throws std::system_error or std::runtime_error when stdout does
/// not take it: the disk is full, or nobody reads the pipe any more.
void flush_output();

/// Adds `--address` and `--port` to `app`.
void add_endpoint(CLI::App& app, std::string& address, std::uint16_t& port);

/// Prints `listening on ADDRESS:PORT`, or `listening on [ADDRESS]:PORT` for IPv6, and returns when
/// the user presses Ctrl+C, or closes the console. Call it once in a process.
void wait_until_stopped(const SOCKADDR_INET& address);

/// The arguments of every copy program.
struct copy_arguments {
    std::string source;      ///< UTF-8
    std::string destination; ///< UTF-8
    bool overwrite = false;  ///< whether to replace a file that is there already

    /// Returns `source` for Windows.
    [[nodiscard]] std::filesystem::path source_path() const { return win32::to_wide(source); }
    /// Returns `destination` for Windows.
    [[nodiscard]] std::filesystem::path destination_path() const {
        return win32::to_wide(destination);
    }
};

/// Adds SOURCE, DESTINATION and `--overwrite` to `app`, and a word about what is copied to its
/// help.
void add_copy_arguments(CLI::App& app, copy_arguments& arguments);

} // namespace program
