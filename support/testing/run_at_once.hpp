/// \file
/// Several threads that do the same work at once.
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace harness {

/// Runs `work(0)` to `work(count - 1)`, each on a thread of its own, and waits for all. An
/// exception fails the test, and does not end the program.
inline void run_at_once(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < count; ++i)
        threads.emplace_back([&work, i] {
            try {
                work(i);
            } catch (const std::exception& error) {
                ADD_FAILURE() << "thread " << i << ": " << error.what();
            }
        });
}

} // namespace harness
