/// \file
/// Functions of ntdll.dll that no import library has.
#pragma once

#include "windows.hpp"

namespace win32 {

/// The function of that name; null when it is not there. Any thread.
template <class Function>
[[nodiscard]] Function* ntdll_function(const char* name) noexcept {
    const FARPROC address = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), name);
    // By way of void*, which keeps compilers from warning that the two types differ.
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

} // namespace win32
