/// \file
/// One measurement of one program that copies a file.
#pragma once

#include "files/temporary_folder.hpp"
#include "processes/stop.hpp"
#include "rows/sample.hpp"
#include "trace_file.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace comparison {

/// The files to copy; removed at the end.
///
/// Throws std::runtime_error or std::filesystem::filesystem_error when they cannot be made, for
/// want of room for one.
class copy_files {
public:
    /// `size` is that of the large file, in bytes.
    explicit copy_files(std::uint64_t size);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::filesystem::path large() const { return folder_.path() / L"large"; }
    [[nodiscard]] std::filesystem::path empty() const { return folder_.path() / L"empty"; }
    [[nodiscard]] std::filesystem::path destination() const { return folder_.path() / L"copy"; }
    [[nodiscard]] std::filesystem::path recording() const { return folder_.path() / L"trace"; }

private:
    std::uint64_t size_;
    files::temporary_folder folder_;
};

/// Starts `program SOURCE DESTINATION` for the empty file and the large one in turn, `copies`
/// times, and compares the last large copy with its source. The quickest of each counts: whatever
/// else the machine does only adds to it. (The start of a program takes a good part of the time,
/// and varies most.) Then it copies the large file once more with `--trace FILE`, for the share
/// alone.
///
/// - `megabytes_per_second`: 10^6 bytes a second of the large file, the program's start included
/// - `start_ms`: to copy the empty file, that is to start, open, create, rename and end
/// - `net_megabytes_per_second`: with that taken off; absent when it leaves less than a tenth
/// - `free_share`: see free_share(); absent when the program makes no such call, as CopyFileExW's,
///   which has the system make them
///
/// Throws std::runtime_error or std::system_error that says what went wrong: the program cannot be
/// started, fails (with what it said), takes longer than `patience` for one copy, leaves a copy
/// that differs. Throws `interrupted` when `stop` is requested.
[[nodiscard]] sample measure_copy(const std::filesystem::path& program, const copy_files& files,
                                  unsigned copies, const stop_token& stop = {},
                                  std::chrono::milliseconds patience = std::chrono::seconds{30});

/// The share of the time from the first to the last call that moves bytes, in which the program was
/// in none of them. It ran its own code then, or waited for a completion, and could as well have
/// done other work. For a program that copies on one thread. Nothing when there is no such call.
///
/// Under Wine (8.0) an operation on a file is done inside the call that starts it. What is left
/// there is the time that it takes to ask for the completion, and no rest.
[[nodiscard]] std::optional<double> free_share(const trace_file& trace);

} // namespace comparison
