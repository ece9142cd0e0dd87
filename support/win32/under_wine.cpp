#include "under_wine.hpp"

#include "ntdll.hpp"
#include "windows.hpp"

namespace win32 {

const char* wine_version() noexcept {
    // Wine's ntdll exports this function for just this question.
    const auto get = ntdll_function<const char*()>("wine_get_version");
    return get == nullptr ? nullptr : get();
}

std::string windows_version() {
    // GetVersionEx tells a program without a manifest that it runs on Windows 8.
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (const auto get = ntdll_function<LONG WINAPI(OSVERSIONINFOW*)>("RtlGetVersion"))
        get(&version);
    return "Windows " + std::to_string(version.dwMajorVersion) + "." +
           std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
}

} // namespace win32
