/// \file
/// A named pipe that gives its bytes slowly, as the source of a copy that has to wait.
#pragma once

#include "processes/stop.hpp"

#include "win32/unique_resource.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace comparison {

/// The pace of a slow pipe.
struct slow_pipe_pace {
    std::size_t part_size = 0;            ///< the bytes of a part, which is given at once
    std::chrono::milliseconds pause{};    ///< the pause before each part
    std::chrono::milliseconds patience{}; ///< the deadline for the reader's next step
};

/// A pipe with a name that no other pipe has. A process may have one at a time.
///
/// It can be opened twice. On Windows, asking whether a file of that name exists opens the pipe for
/// a moment, and would take the only instance from the program that opens it to read.
class slow_pipe {
public:
    /// Throws std::system_error.
    slow_pipe();
    ~slow_pipe();
    slow_pipe(const slow_pipe&) = delete;
    slow_pipe& operator=(const slow_pipe&) = delete;

    [[nodiscard]] std::filesystem::path name() const;

    /// Waits for a reader, gives it `bytes`, part after part, and ends the pipe. Call it once.
    ///
    /// Lifetime: `bytes` must outlive this object, since after an exception an operation may still
    /// read them.
    ///
    /// Throws std::system_error when a call fails or the reader goes before the end,
    /// std::runtime_error when `reader`, a process, ends without reading or `patience` is over,
    /// `interrupted` when `stop` is requested.
    void give(std::string_view bytes, const slow_pipe_pace& pace, HANDLE reader,
              const stop_token& stop);

private:
    /// One instance of the pipe, and its operation.
    struct instance {
        win32::unique_file pipe;
        win32::unique_handle done;
        OVERLAPPED operation{};
        bool in_flight = false;
    };

    static void listen(instance& self);
    static DWORD collect(instance& self, const char* call, const char* object = "");
    instance& wait_for_reader(const slow_pipe_pace& pace, HANDLE reader, const stop_token& stop);
    static void write(instance& self, std::string_view part, const slow_pipe_pace& pace,
                      const stop_token& stop);

    std::array<instance, 2> instances_;
};

} // namespace comparison
