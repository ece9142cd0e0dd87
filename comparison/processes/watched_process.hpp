/// \file
/// The figures of another process.
#pragma once

#include "linux_process.hpp"
#include "process_figures.hpp"

#include "win32/unique_resource.hpp"

#include <optional>
#include <string>

namespace comparison {

/// Another process. Threads: one at a time.
///
/// On Windows, threads are counted in a Toolhelp snapshot, memory comes from GetProcessMemoryInfo,
/// processor time from GetProcessTimes (whole clock ticks of 15.6 ms), and context switches from
/// NtQuerySystemInformation. Under Wine the last two are always 0, so all figures come from Linux
/// if possible: linux_process. Sources:
/// https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes,
/// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
class watched_process {
public:
    /// `name` is child_process::name(), by which the process is found under Wine. Throws
    /// std::system_error when there is no process of that number.
    watched_process(DWORD id, const std::wstring& name);

    /// Its threads and memory. Throws std::system_error.
    [[nodiscard]] process_size size() const;

    /// Its work so far; nothing under Wine without /proc. Throws std::system_error.
    [[nodiscard]] std::optional<process_work> work() const;

private:
    DWORD id_;
    win32::unique_handle process_;
    std::optional<linux_process> linux_;
};

} // namespace comparison
