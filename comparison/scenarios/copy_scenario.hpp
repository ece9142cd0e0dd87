/// \file
/// The measurement of a program that copies a file.
#pragma once

#include "files/temporary_folder.hpp"
#include "processes/stop.hpp"
#include "rows/scenario.hpp"
#include "trace_file.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace comparison {

/// The files to copy. The destructor removes them.
///
/// Throws std::runtime_error or std::filesystem::filesystem_error when they cannot be made, for
/// example because the disk is full.
class copy_files {
public:
    /// `size` is the large file's, in bytes.
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
/// times, and compares the last large copy with its source. The quickest copy of each counts, since
/// other work of the machine only adds to the time. (The start of the program takes a good part of
/// it, and varies most.) Then it copies the large file once more with `--trace FILE`, for the free
/// share alone.
///
/// - `megabytes_per_second`: 10^6 bytes of the large file a second, the program's start included
/// - `start_ms`: the time to copy the empty file: to start, open, create, rename and end
/// - `net_megabytes_per_second`: the rate without that time; absent if less than a tenth is left
/// - `free_share`: see free_share(); absent for CopyFileExW's program, whose calls are the system's
///
/// Throws std::runtime_error or std::system_error that says what went wrong: the program cannot be
/// started, fails (with its last words), takes longer than `patience` for one copy, or leaves a
/// copy that differs. Throws `interrupted` when `stop` is requested.
[[nodiscard]] sample measure_copy(const std::filesystem::path& program, const copy_files& files,
                                  unsigned copies, const stop_token& stop = {},
                                  std::chrono::milliseconds patience = std::chrono::seconds{30});

/// The share of the time, from the first call that moves bytes to the end of the last, that a
/// program with one thread spends outside these calls. It runs its own code then or waits for a
/// completion, and could do other work. Nothing if there is no such call.
///
/// Under Wine (8.0) an operation on a file is done inside the call that starts it. The share is
/// then the time that it takes to ask for completions.
[[nodiscard]] std::optional<double> free_share(const trace_file& trace);

} // namespace comparison
