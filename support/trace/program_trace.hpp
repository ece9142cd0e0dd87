/// \file
/// What a program's `--trace FILE` does.
#pragma once

#include "trace/recorder.hpp"
#include "win32/unique_resource.hpp"

#include <string>

namespace trace {

/// Records from the constructor on, until write().
class program_trace {
public:
    /// `file` (UTF-8) is where the recording goes; "-": its summary goes to stdout. Throws
    /// std::system_error that names the file when it cannot be written; nothing is recorded then.
    program_trace(const std::string& file, std::string program);

    /// Ends the recording and writes it, in place of what was in the file. Throws
    /// std::system_error.
    void write();

private:
    std::string program_;
    std::string file_;
    win32::unique_file output_; // none: stdout
    recorder recorder_;
};

} // namespace trace
