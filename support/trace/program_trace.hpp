/// \file
/// A program's `--trace FILE`.
#pragma once

#include "recorder.hpp"
#include "win32/unique_resource.hpp"

#include <string>

namespace trace {

/// Records from the constructor on, until write().
///
/// The recording is written under a temporary name and then moved, so `file` never holds half of
/// one: when that fails, the earlier file still stands. Only an earlier recording is replaced,
/// known by its beginning. A pipe or a device (`NUL`) is written as it is.
class program_trace {
public:
    /// `file` (UTF-8) is the file for the recording, or "-" for a summary on stdout. `overwrite`
    /// lets it replace a file that is no recording. Throws std::system_error or std::runtime_error
    /// that names the file when it cannot be written or must not be replaced; nothing is recorded
    /// then, and nothing has changed.
    program_trace(const std::string& file, std::string program, bool overwrite = false);

    /// Ends the recording and writes it. Throws as the constructor does: the program itself may
    /// have made the file meanwhile, and then it is not replaced.
    void write();

private:
    std::string program_;
    std::string file_;
    win32::unique_file device_; // empty for stdout, or a file
    bool overwrite_;
    recorder recorder_;
};

} // namespace trace
