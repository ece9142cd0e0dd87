#include "this_system.hpp"

#include "win32/error.hpp"
#include "win32/ntdll.hpp"

#include <filesystem>

namespace comparison {

namespace {

using wine_get_version_function = const char*();
using rtl_get_version_function = LONG WINAPI(OSVERSIONINFOW*);

} // namespace

std::optional<std::string> wine_version() {
    const auto get = win32::ntdll_function<wine_get_version_function>("wine_get_version");
    return get ? std::optional<std::string>{get()} : std::nullopt;
}

bool under_wine() noexcept {
    return win32::ntdll_function<wine_get_version_function>("wine_get_version") != nullptr;
}

std::string system_name() {
    if (const std::optional<std::string> wine = wine_version())
        return "Wine " + *wine;
    // GetVersionEx tells a program without a manifest that it runs on Windows 8.
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (const auto get = win32::ntdll_function<rtl_get_version_function>("RtlGetVersion"))
        get(&version);
    return "Windows " + std::to_string(version.dwMajorVersion) + "." +
           std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
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
