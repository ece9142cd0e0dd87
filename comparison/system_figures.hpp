/// \file
/// What the system knows about a process and about itself.
#pragma once

#include "win32/windows.hpp"

#include <cstdint>
#include <string>

namespace comparison {

/// What a process holds at one moment.
struct process_figures {
    unsigned threads = 0;
    /// Bytes of its memory that are in RAM, code and DLLs included. Wine takes the figure from the
    /// process's VmRSS in /proc.
    std::uint64_t working_set = 0;
};

/// Looks at `process`. The threads are counted in a Toolhelp snapshot; the memory is
/// GetProcessMemoryInfo's. Throws std::system_error. Source:
/// https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes
[[nodiscard]] process_figures look_at(HANDLE process);

/// True when this program runs under Wine.
[[nodiscard]] bool under_wine() noexcept;

/// `Wine 8.0, 2 processors`, for one.
[[nodiscard]] std::string system_name();

/// The folder in which this program lies. Throws std::system_error.
[[nodiscard]] std::wstring program_folder();

} // namespace comparison
