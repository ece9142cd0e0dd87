/// \file
/// Windows error codes as std::error_code, and exceptions that name the call that failed.
#pragma once

#include "windows.hpp"

#include <string>
#include <string_view>
#include <system_error>

namespace win32 {

/// The category of Win32 and Winsock codes. Its messages are UTF-8.
///
/// std::system_category() is not used: its messages come in the machine's legacy code page, and
/// its mapping to std::errc differs between compilers, so a comparison with std::errc may hold
/// with one and not with the other. Compare with Windows' own numbers.
[[nodiscard]] const std::error_category& category() noexcept;

/// `code` (of GetLastError or WSAGetLastError) as a std::error_code.
[[nodiscard]] inline std::error_code make_error(DWORD code) noexcept {
    return {static_cast<int>(code), category()};
}

/// Throws std::system_error with the text `CALL "OBJECT": the system's message`.
///
/// Read the code on the line after the call that failed, before anything else can overwrite it:
/// \code
/// const DWORD error = ::GetLastError();
/// win32::throw_error(error, "CreateFileW", name);
/// \endcode
[[noreturn]] void throw_error(DWORD code, std::string_view call, std::string_view object = {});

/// throw_error with ::GetLastError(). Call it right after the call that failed: nothing may call
/// Windows in between, the making of `object` included.
[[noreturn]] void throw_last_error(std::string_view call, std::string_view object = {});

/// throw_error with ::WSAGetLastError(), under the same condition.
[[noreturn]] void throw_last_socket_error(std::string_view call, std::string_view object = {});

} // namespace win32
