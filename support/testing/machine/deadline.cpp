#include "deadline.hpp"

#include <chrono>
#include <thread>

namespace harness {

void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{deadline};
    while (!condition() && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
}

} // namespace harness
