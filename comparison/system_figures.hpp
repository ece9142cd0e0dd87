/// \file
/// What the system knows about a process and about itself.
#pragma once

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace comparison {

/// What a process holds at one moment.
struct process_size {
    unsigned threads = 0;
    std::uint64_t resident = 0; ///< bytes of its memory that are in RAM, code and DLLs included

    friend bool operator==(const process_size&, const process_size&) = default;
};

/// What the threads of a process have done since they began.
struct process_work {
    std::set<unsigned> threads; ///< their numbers
    std::chrono::nanoseconds processor_time{};
    std::uint64_t context_switches = 0; ///< how often a processor was given to one of them
};

/// What was done between two looks; `threads` are those that began. Nothing when a thread has ended
/// in between: its figures went with it.
[[nodiscard]] std::optional<process_work> difference(const process_work& before,
                                                     const process_work& after);

/// A process that is looked at. Threads: one at a time.
///
/// On Windows threads are counted in a Toolhelp snapshot, memory is GetProcessMemoryInfo's, time is
/// GetProcessTimes' (to the clock tick, 15.6 ms), context switches are those of
/// NtQuerySystemInformation. Under Wine the last two read 0, so all is taken from Linux, in
/// Z:\\proc (linux_process.hpp).
class watched_process {
public:
    /// `name`: what its command line begins with, and no other's (child_process::name()); only Wine
    /// needs it. Throws std::system_error when there is no process of that number.
    watched_process(DWORD id, const std::wstring& name);

    /// Throws std::system_error.
    [[nodiscard]] process_size size() const;

    /// Nothing when the system does not tell: under Wine where /proc is not to be had. Throws
    /// std::system_error.
    [[nodiscard]] std::optional<process_work> work() const;

private:
    DWORD id_;
    win32::unique_handle process_;
    std::optional<unsigned> linux_id_;
};

/// True when this program runs under Wine.
[[nodiscard]] bool under_wine() noexcept;

/// `Wine 8.0, 2 processors`, for one.
[[nodiscard]] std::string system_name();

/// The folder in which this program lies. Throws std::system_error.
[[nodiscard]] std::wstring program_folder();

} // namespace comparison
