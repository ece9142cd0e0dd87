#include "process_list.hpp"

#include "error.hpp"
#include "ntdll.hpp"
#include "unique_resource.hpp"

#include <tlhelp32.h>
#include <winternl.h>

#include <cstdint>
#include <cstring>

namespace win32 {

std::vector<char> all_processes() {
    using query_function = LONG WINAPI(SYSTEM_INFORMATION_CLASS, void*, ULONG, ULONG*);
    auto* const query = ntdll_function<query_function>("NtQuerySystemInformation");
    if (query == nullptr)
        throw_last_error("GetProcAddress", "NtQuerySystemInformation");
    // Processes may start between two calls, so a length that was right may be too short.
    constexpr LONG status_info_length_mismatch = static_cast<LONG>(0xC0000004u);
    std::vector<char> buffer(256 * 1024);
    LONG status = 0;
    while ((status = query(SystemProcessInformation, buffer.data(),
                           static_cast<ULONG>(buffer.size()), nullptr)) ==
           status_info_length_mismatch)
        buffer.resize(2 * buffer.size());
    if (status != 0)
        throw_error(static_cast<DWORD>(status), "NtQuerySystemInformation");
    return buffer;
}

const char* find_process(const std::vector<char>& processes, DWORD id) noexcept {
    for (const char* at = processes.data();;) {
        SYSTEM_PROCESS_INFORMATION process;
        std::memcpy(&process, at, sizeof process);
        if (reinterpret_cast<std::uintptr_t>(process.UniqueProcessId) == id)
            return at;
        if (process.NextEntryOffset == 0)
            return nullptr;
        at += process.NextEntryOffset;
    }
}

std::vector<DWORD> threads_of(DWORD id) {
    // A unique_file, since a failure returns INVALID_HANDLE_VALUE.
    const unique_file snapshot{::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0)};
    if (!snapshot)
        throw_last_error("CreateToolhelp32Snapshot");
    std::vector<DWORD> result;
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    for (BOOL more = ::Thread32First(snapshot.get(), &entry); more;
         more = ::Thread32Next(snapshot.get(), &entry))
        if (entry.th32OwnerProcessID == id) // the snapshot has every thread of the machine
            result.push_back(entry.th32ThreadID);
    return result;
}

} // namespace win32
