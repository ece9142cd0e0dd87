/// \file
/// The learner's server as a process of its own, for a check from outside.
#pragma once

#include "win32/unique_resource.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace exercise {

/// The program that the learner has written (`PROGRAM` in cmake/exercise/targets.cmake). The check
/// starts it as a user would, talks to it over TCP, and ends it with Ctrl+C:
/// \code
/// server_program lobby;
/// client ann{lobby.port()};
/// …
/// lobby.press_ctrl_c();
/// \endcode
/// Each of these is a step of the test (check.hpp). What the program prints is shown, apart from
/// its first line. A job ends it with the check, however that ends.
///
/// Threads: one at a time.
class server_program {
public:
    /// Starts the program with `--port 0` and `arguments`, and returns when it has printed
    /// `listening on 127.0.0.1:PORT`. An argument must not contain a quotation mark or end with a
    /// backslash. Throws std::system_error if it cannot be started.
    explicit server_program(const std::vector<std::wstring>& arguments = {});

    /// Calls terminate().
    ~server_program();

    server_program(const server_program&) = delete;
    server_program& operator=(const server_program&) = delete;

    /// Returns the port that clients connect to.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Presses Ctrl+C in the program's console, and returns when it has ended with exit code 0.
    void press_ctrl_c();

    /// Terminates the program if it still runs, and waits for its end, five seconds at most. Any
    /// thread.
    void terminate() noexcept;

    /// Returns an addition to the words of a failure: that the program has ended, if it has.
    [[nodiscard]] std::string fate();

private:
    void read_output();
    [[nodiscard]] bool has_ended_within(DWORD milliseconds) const noexcept;
    [[nodiscard]] std::string describe_end();

    win32::unique_handle job_;
    win32::unique_handle process_;
    DWORD id_ = 0;
    std::uint16_t port_ = 0;

    win32::unique_handle pipe_;
    std::mutex mutex_;    // guards the two members below
    std::string address_; // what stands behind "listening on "; empty until then
    bool output_ended_ = false;
    std::condition_variable changed_;
    std::thread reader_;
};

/// Presses Ctrl+C in the console of another process. To be called in a process of its own, which
/// gives up its console for that: main() does so for `--press-ctrl-c ID`. Returns its exit code.
[[nodiscard]] int press_ctrl_c_in(DWORD process) noexcept;

} // namespace exercise
