/// \file
/// One measurement of one way to copy a file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace comparison {

/// A folder under the system's temporary one with the files to copy; removed at the end.
///
/// Throws std::runtime_error or std::filesystem::filesystem_error when it cannot be made, for want
/// of room for one.
class copy_files {
public:
    /// `size` is that of the large file, in bytes.
    explicit copy_files(std::uint64_t size);
    ~copy_files();
    copy_files(const copy_files&) = delete;
    copy_files& operator=(const copy_files&) = delete;

    [[nodiscard]] std::filesystem::path large() const { return folder_ / L"large"; }
    [[nodiscard]] std::filesystem::path empty() const { return folder_ / L"empty"; }
    [[nodiscard]] std::filesystem::path destination() const { return folder_ / L"copy"; }

private:
    std::filesystem::path folder_;
};

/// Copies a file of the first name to a new one of the second; throws when it cannot.
using copier =
    std::function<void(const std::filesystem::path& source, const std::filesystem::path& copy)>;

/// Starts `program` with the two names and waits for its end. The copier throws
/// std::runtime_error, with what the program said, when it fails or takes longer than `patience`;
/// `interrupted` when `stop` is requested.
[[nodiscard]] copier copier_of(const std::filesystem::path& program,
                               std::chrono::milliseconds patience, const std::stop_token& stop);

/// Calls CopyFileExW, in this process. The copier throws std::system_error. Source:
/// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfileexw
[[nodiscard]] copier copyfileex();

/// How often a measurement copies each file. The quickest counts: whatever else the machine does
/// only adds to it. (The start of a program takes a good part of the time, and varies most.)
inline constexpr unsigned copies_a_sample = 3;

/// What it took: the quickest of `copies_a_sample`.
struct copy_sample {
    double empty_ms = 0; ///< to copy the empty file: to start, open, create, rename and end
    double large_ms = 0; ///< to copy the large file, the same included
};

/// Copies the empty file and the large one in turn, and compares the last large copy with its
/// source. Throws what `copy` throws, and std::runtime_error when the copy differs.
[[nodiscard]] copy_sample measure_copy(const copier& copy, const copy_files& files);

} // namespace comparison
