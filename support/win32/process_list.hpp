/// \file
/// The system's list of all processes and their threads.
#pragma once

#include "windows.hpp"

#include <vector>

namespace win32 {

/// The list as NtQuerySystemInformation gives it: a SYSTEM_PROCESS_INFORMATION for each process,
/// and behind it a SYSTEM_THREAD_INFORMATION for each of its threads. Throws std::system_error. Any
/// thread. Source:
/// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
[[nodiscard]] std::vector<char> all_processes();

/// The place of process `id` in such a list; null if it is not there. Copy the structures from it:
/// they need not be aligned. Any thread.
[[nodiscard]] const char* find_process(const std::vector<char>& processes, DWORD id) noexcept;

/// The numbers of the threads of process `id`, from a Toolhelp snapshot. It may still have threads
/// that have just ended. Throws std::system_error. Any thread. Source:
/// https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes
[[nodiscard]] std::vector<DWORD> threads_of(DWORD id);

} // namespace win32
