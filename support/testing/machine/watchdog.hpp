/// \file
/// Ends a test program that hangs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace harness {

/// While one lives, the rest of its block must come to its end in time. If it does not, the program
/// names the thing that hangs and the test, and exits with 1: a thread that hangs cannot be ended
/// from outside, so there is no way to go on with the next test.
///
/// The time limit only ends a hang. It says nothing about speed.
class watchdog {
public:
    /// `what` names the thing that may hang.
    explicit watchdog(std::string what,
                      std::chrono::steady_clock::duration limit = std::chrono::seconds{10});
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

private:
    void watch(std::chrono::steady_clock::duration limit);

    std::string what_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;
    std::thread thread_;
};

/// A function that reports what hangs, and ends the program.
using hang_report = void (*)(const std::string& what);

/// Lets `report` do so for every watchdog, in place of the line that they print.
void report_hangs_with(hang_report report) noexcept;

/// Ends the program with 1, at once, whatever its threads do, and writes nothing. The orderly ways,
/// exit() and std::_Exit(), wait for the loader's lock, which the thread that hangs may hold.
[[noreturn]] void end_program() noexcept;

} // namespace harness
