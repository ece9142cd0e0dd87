#include "deadline.hpp"

#include <chrono>

namespace harness {

void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{deadline};
    // Do not yield instead: this thread would take a processor from those it waits for.
    while (!condition() && std::chrono::steady_clock::now() < end)
        ::SleepEx(1, FALSE);
}

} // namespace harness
