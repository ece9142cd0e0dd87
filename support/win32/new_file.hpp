/// \file
/// The two ends of a copy, apart from the copying: a source that is a file, and a destination that
/// appears under its name only when it is whole.
#pragma once

#include "win32/unique_resource.hpp"

#include <cstdint>
#include <filesystem>

namespace win32 {

/// Opens `name` for reading. `flags` are CreateFileW's flags and attributes (FILE_FLAG_OVERLAPPED
/// and the like): they are what differs between the I/O models.
/// Throws std::system_error that names the file; a folder is ERROR_NOT_SUPPORTED.
[[nodiscard]] unique_file open_source(const std::filesystem::path& name, DWORD flags);

/// The size of the open file in bytes, or 0 for a pipe, which has none. Throws std::system_error.
[[nodiscard]] std::uint64_t file_size(HANDLE file);

/// A file under construction.
///
/// It is written under a temporary name in the folder of `destination`; publish() renames it in one
/// step. Whatever goes wrong before that, the destructor deletes the temporary file, and a file
/// that stood at `destination` still stands.
///
/// Lifetime: an overlapped write uses the handle until its completion has been collected. So
/// publish(), and the destructor too, may run only when no operation is in flight.
///
/// Threads: one at a time.
class new_file {
public:
    /// Creates the temporary file. `source` is only looked at: a file is not copied onto itself.
    /// None (null): what is written comes from no file.
    ///
    /// Throws std::system_error that names the file: the destination is a folder
    /// (ERROR_NOT_SUPPORTED), is `source` (ERROR_SHARING_VIOLATION), exists and
    /// `overwrite` is false (ERROR_FILE_EXISTS), is read-only (ERROR_ACCESS_DENIED), or the
    /// temporary file cannot be made.
    new_file(const std::filesystem::path& destination, bool overwrite, HANDLE source, DWORD flags);
    ~new_file();
    new_file(const new_file&) = delete;
    new_file& operator=(const new_file&) = delete;

    /// The temporary file, to write to.
    [[nodiscard]] HANDLE get() const noexcept { return file_.get(); }

    /// Sets the file's size in bytes. NTFS reserves the space, so that a disk that is too small is
    /// found out before the copying, not in the middle of it.
    /// Throws std::system_error, ERROR_DISK_FULL for one.
    void set_size(std::uint64_t size);

    /// Closes the file and gives it its name. Throws std::system_error.
    void publish();

private:
    std::filesystem::path destination_;
    std::filesystem::path temporary_;
    bool overwrite_;
    unique_file file_;
};

} // namespace win32
