/// \file
/// A process that is looked at from outside.
#pragma once

#include "linux_process.hpp"
#include "process_figures.hpp"

#include "win32/unique_resource.hpp"

#include <optional>
#include <string>

namespace comparison {

/// A process that is looked at. Threads: one at a time.
///
/// On Windows threads are counted in a Toolhelp snapshot, memory is GetProcessMemoryInfo's, time is
/// GetProcessTimes' (to the clock tick, 15.6 ms), context switches are those of
/// NtQuerySystemInformation. Under Wine the last two read 0, so all is taken from Linux, if it can
/// be: linux_process. Sources:
/// https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes,
/// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
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
    std::optional<linux_process> linux_;
};

} // namespace comparison
