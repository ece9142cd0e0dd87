/// \file
/// A program that runs as a process of its own, is watched, and never outlives its owner.
#pragma once

#include "stop.hpp"

#include "win32/unique_resource.hpp"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace comparison {

/// The folder of this program, in which those lie that it starts. Throws std::system_error.
[[nodiscard]] std::filesystem::path program_folder();

/// How a process came to its end.
enum class ending {
    on_request,     ///< it was asked to stop, and did
    no_way_to_ask,  ///< there is no console to send Ctrl+Break through: terminated
    did_not_respond ///< it was asked, and went on: terminated
};

/// Which console a process has.
enum class console {
    ours, ///< the one of this process; if that has none, the process cannot be asked to stop
    own   ///< one of its own, without a window; that takes one more process, and a moment to start
};

/// A running program and what it writes, on stdout and stderr alike.
///
/// It is in a job that ends with this object, so it ends even if this process is killed. It is in a
/// process group of its own, or has its own console, so a Ctrl+C that is meant for us does not
/// reach it. Threads: one at a time.
class child_process {
public:
    /// Starts `program`. An argument may hold neither a quotation mark nor a backslash at its end.
    /// Throws std::system_error that names the program.
    explicit child_process(const std::filesystem::path& program,
                           const std::vector<std::wstring>& arguments = {},
                           console which = console::ours);

    /// Terminates the process if it still runs, and waits until it has ended.
    ~child_process();

    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    [[nodiscard]] HANDLE handle() const noexcept { return process_.get(); }

    /// What its command line begins with: no other process of this machine has the same.
    [[nodiscard]] const std::wstring& name() const noexcept { return name_; }

    /// Waits for a whole line that begins with `beginning`, and returns its rest. Nothing when the
    /// output has ended without one or the time is up. Throws `interrupted`.
    [[nodiscard]] std::optional<std::string> wait_for_line(std::string_view beginning,
                                                           std::chrono::milliseconds patience,
                                                           const stop_token& stop = {});

    /// Waits for the end, and returns the exit code. Nothing when the time is up. Throws
    /// `interrupted`.
    [[nodiscard]] std::optional<DWORD> wait(std::chrono::milliseconds patience,
                                            const stop_token& stop = {});

    /// Asks the process to stop, with Ctrl+C in its own console or Ctrl+Break in ours, and
    /// terminates it if it has not ended when `patience` is over.
    ending stop(std::chrono::milliseconds patience);

    /// What it has written so far; a long output's beginning.
    [[nodiscard]] std::string output() const;

private:
    void read_output();
    [[nodiscard]] bool ask_to_stop();

    console console_;
    std::wstring name_;
    win32::unique_handle job_;
    win32::unique_handle process_;
    DWORD id_ = 0;
    win32::unique_handle pipe_;

    mutable std::mutex mutex_; // guards the two below
    std::string output_;
    bool output_ended_ = false;
    win32::unique_handle changed_; // an event: one of the two has
    std::thread reader_;           // reads until the process's end of the pipe is closed
};

} // namespace comparison
