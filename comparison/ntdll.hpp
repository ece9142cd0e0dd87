/// \file
/// Functions of ntdll.dll that no import library has.
#pragma once

#include "win32/windows.hpp"

namespace comparison {

/// The function of that name; null when it is not there. Any thread.
template <class Function>
[[nodiscard]] Function* ntdll_function(const char* name) noexcept {
    const FARPROC address = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), name);
    // By way of void*, which keeps compilers from warning that the two types differ.
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

} // namespace comparison
