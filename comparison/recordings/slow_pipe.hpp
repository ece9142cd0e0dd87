/// \file
/// A named pipe that gives its bytes slowly: the source of a copy that has to wait.
#pragma once

#include "processes/stop.hpp"

#include "win32/unique_resource.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace comparison {

/// How slowly, and for how long it waits for a reader.
struct slow_pipe_pace {
    std::size_t part_size = 0;            ///< bytes that are given at once
    std::chrono::milliseconds pause{};    ///< before each part
    std::chrono::milliseconds patience{}; ///< how long nothing may happen
};

/// A pipe of this process, with a name that no other pipe has. One in a process.
///
/// It can be opened twice: on Windows whoever asks only whether a file of that name exists opens
/// the pipe for a moment, and a program that then opened it to read would find it taken.
class slow_pipe {
public:
    /// Throws std::system_error.
    slow_pipe();
    ~slow_pipe();
    slow_pipe(const slow_pipe&) = delete;
    slow_pipe& operator=(const slow_pipe&) = delete;

    [[nodiscard]] std::filesystem::path name() const;

    /// Waits for a reader and gives it `bytes`, part after part; then the pipe ends. Call it once.
    ///
    /// Lifetime: `bytes` must outlive this object: an operation that could not be waited for still
    /// reads them.
    ///
    /// Throws std::system_error when a call fails or the reader goes before the end,
    /// std::runtime_error when `reader`, a process, ends without reading or `patience` is over,
    /// `interrupted` when `stop` is requested.
    void give(std::string_view bytes, const slow_pipe_pace& pace, HANDLE reader,
              const stop_token& stop);

private:
    /// One end of the pipe, and the operation that is in flight on it.
    struct instance {
        win32::unique_file pipe;
        win32::unique_handle done;
        OVERLAPPED operation{};
        bool in_flight = false;
    };

    static void listen(instance& self);
    instance& wait_for_reader(const slow_pipe_pace& pace, HANDLE reader, HANDLE stopped);
    static void write(instance& self, std::string_view part, const slow_pipe_pace& pace,
                      HANDLE stopped);

    std::array<instance, 2> instances_;
};

} // namespace comparison
