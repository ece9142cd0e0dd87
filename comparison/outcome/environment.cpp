#include "environment.hpp"

#include "comparison_commit.hpp"
#include "win32/error.hpp"
#include "win32/ntdll.hpp"
#include "win32/text.hpp"
#include "win32/under_wine.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace comparison {

namespace {

std::string now_utc() {
    SYSTEMTIME time{};
    ::GetSystemTime(&time);
    char text[32];
    std::snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", unsigned{time.wYear},
                  unsigned{time.wMonth}, unsigned{time.wDay}, unsigned{time.wHour},
                  unsigned{time.wMinute}, unsigned{time.wSecond});
    return text;
}

// Source: https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-reggetvaluew
std::string processor_name() {
    std::array<wchar_t, 256> name{};
    DWORD size = sizeof name;
    if (::RegGetValueW(HKEY_LOCAL_MACHINE, L"HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                       L"ProcessorNameString", RRF_RT_REG_SZ, nullptr, name.data(),
                       &size) != ERROR_SUCCESS)
        return "unknown";
    // Remove the blanks with which makers pad the name.
    const std::string text = win32::to_utf8(name.data());
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "unknown"
                                      : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

unsigned memory_mib() {
    MEMORYSTATUSEX memory{};
    memory.dwLength = sizeof memory;
    if (!::GlobalMemoryStatusEx(&memory))
        win32::throw_last_error("GlobalMemoryStatusEx");
    return static_cast<unsigned>(memory.ullTotalPhys >> 20);
}

std::string compiler() {
#if defined(__clang__)
    return "Clang " __clang_version__;
#elif defined(__GNUC__)
    return "GCC " __VERSION__;
#else
    return "MSVC " + std::to_string(_MSC_FULL_VER);
#endif
}

} // namespace

std::string system_name() {
    if (const char* const wine = win32::wine_version())
        return std::string{"Wine "} + wine;
    return win32::windows_version();
}

environment this_environment() {
    environment result;
    result.date = now_utc();
    result.system = system_name();
    if (const char* const wine = win32::wine_version())
        result.wine = wine;
    if (const auto get = win32::ntdll_function<void(const char** name, const char** release)>(
            "wine_get_host_version")) {
        const char* name = nullptr;
        const char* release = nullptr;
        get(&name, &release);
        result.host = std::string{name} + " " + release;
    }
    result.processor = processor_name();
    result.processors = ::GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    result.memory_mib = memory_mib();
    result.commit = COMPARISON_COMMIT;
    result.compiler = compiler();
    return result;
}

} // namespace comparison
