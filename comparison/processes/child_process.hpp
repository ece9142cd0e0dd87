/// \file
/// A program that runs in a process of its own and never outlives its owner.
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

/// The folder of this program and of all that it starts. Throws std::system_error.
[[nodiscard]] std::filesystem::path program_folder();

/// The way in which a process ended.
enum class ending {
    on_request,     ///< by itself, when it was asked to
    no_way_to_ask,  ///< terminated, since there is no console to send Ctrl+Break through
    did_not_respond ///< terminated, since it went on when it was asked to stop
};

/// The console of a process.
enum class console {
    ours, ///< this process's console; without one the process cannot be asked to stop
    own ///< a console of its own without a window, which takes one more process and longer to start
};

/// A running program and its output, of stdout and stderr together.
///
/// A job ends it with this object, even if this process is killed. It is in a process group of its
/// own or has its own console, so our Ctrl+C does not reach it. Threads: one at a time.
class child_process {
public:
    /// Starts `program`. An argument must not contain a quotation mark or end with a backslash.
    /// Throws std::system_error that names the program.
    explicit child_process(const std::filesystem::path& program,
                           const std::vector<std::wstring>& arguments = {},
                           console which = console::ours);

    /// Terminates the process if it still runs, and waits for its end.
    ~child_process();

    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    [[nodiscard]] HANDLE handle() const noexcept { return process_.get(); }

    /// The beginning of its command line, which no other process of this machine shares.
    [[nodiscard]] const std::wstring& name() const noexcept { return name_; }

    /// Waits for a whole line that begins with `beginning`, and returns its rest. Returns nothing
    /// when the output ends without such a line or `patience` is over. Throws `interrupted`.
    [[nodiscard]] std::optional<std::string> wait_for_line(std::string_view beginning,
                                                           std::chrono::milliseconds patience,
                                                           const stop_token& stop = {});

    /// Waits for the end and returns the exit code; nothing when `patience` is over. Throws
    /// `interrupted`.
    [[nodiscard]] std::optional<DWORD> wait(std::chrono::milliseconds patience,
                                            const stop_token& stop = {});

    /// Asks the process to stop, by Ctrl+C in its own console or Ctrl+Break in ours, and terminates
    /// it when `patience` is over.
    ending stop(std::chrono::milliseconds patience);

    /// Its output so far, of which the first 64 KiB are kept.
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

    mutable std::mutex mutex_; // guards output_ and output_ended_
    std::string output_;
    bool output_ended_ = false;
    win32::unique_handle changed_; // an event: output_ or output_ended_ has changed
    std::thread reader_;           // reads until the process closes its end of the pipe
};

} // namespace comparison
