#include "system_figures.hpp"

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <psapi.h>
#include <tlhelp32.h>

#include <filesystem>

namespace comparison {

namespace {

// A function of ntdll.dll that no import library has; null when it is not there.
template <class Function>
Function* ntdll_function(const char* name) noexcept {
    const FARPROC address = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), name);
    // By way of void*, which keeps compilers from warning that the two types differ.
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

using wine_get_version_function = const char*();
using rtl_get_version_function = LONG WINAPI(OSVERSIONINFOW*);

unsigned count_threads(DWORD id) {
    // file_traits, since "none" is INVALID_HANDLE_VALUE here.
    const win32::unique_file snapshot{::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0)};
    if (!snapshot)
        win32::throw_last_error("CreateToolhelp32Snapshot");
    unsigned count = 0;
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    for (BOOL more = ::Thread32First(snapshot.get(), &entry); more;
         more = ::Thread32Next(snapshot.get(), &entry))
        if (entry.th32OwnerProcessID == id) // the snapshot has every thread of the machine
            ++count;
    return count;
}

} // namespace

process_figures look_at(HANDLE process) {
    process_figures result;
    result.threads = count_threads(::GetProcessId(process));
    PROCESS_MEMORY_COUNTERS memory{};
    if (!::GetProcessMemoryInfo(process, &memory, sizeof memory))
        win32::throw_last_error("GetProcessMemoryInfo");
    result.working_set = memory.WorkingSetSize;
    return result;
}

bool under_wine() noexcept {
    return ntdll_function<wine_get_version_function>("wine_get_version") != nullptr;
}

std::string system_name() {
    std::string name;
    if (const auto wine = ntdll_function<wine_get_version_function>("wine_get_version")) {
        name = std::string{"Wine "} + wine();
    } else {
        // GetVersionEx tells a program without a manifest that it runs on Windows 8.
        OSVERSIONINFOW version{};
        version.dwOSVersionInfoSize = sizeof version;
        if (const auto get = ntdll_function<rtl_get_version_function>("RtlGetVersion"))
            get(&version);
        name = "Windows " + std::to_string(version.dwMajorVersion) + "." +
               std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
    }
    const DWORD processors = ::GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return name + ", " + std::to_string(processors) +
           (processors == 1 ? " processor" : " processors");
}

std::wstring program_folder() {
    std::wstring name(32768, L'\0'); // the longest path there is
    const DWORD length =
        ::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
    if (length == 0)
        win32::throw_last_error("GetModuleFileNameW");
    name.resize(length);
    return std::filesystem::path{name}.parent_path().native();
}

} // namespace comparison
