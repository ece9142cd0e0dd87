/// \file
/// The one clock of every figure.
#pragma once

#include "win32/windows.hpp"

#include <chrono>

namespace comparison {

/// Time since an arbitrary moment, by QueryPerformanceCounter: well under a microsecond fine, and
/// not moved by whoever sets the machine's clock. Any thread.
[[nodiscard]] inline std::chrono::nanoseconds now() noexcept {
    static const long long frequency = [] {
        LARGE_INTEGER value;
        ::QueryPerformanceFrequency(&value);
        return value.QuadPart;
    }();
    LARGE_INTEGER counter;
    ::QueryPerformanceCounter(&counter);
    // In two parts: the counter times a thousand million would overflow.
    constexpr long long second = 1'000'000'000;
    return std::chrono::nanoseconds{counter.QuadPart / frequency * second +
                                    counter.QuadPart % frequency * second / frequency};
}

} // namespace comparison
