/// \file
/// The two ends of a copy, apart from the copying: a source that is a file, and a destination that
/// appears under its name only when it is whole.
#pragma once

#include "win32/unique_resource.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace files {

/// Opens `name` for reading. `flags` are CreateFileW's flags and attributes (FILE_FLAG_OVERLAPPED
/// and the like), which differ between the I/O models.
/// Throws std::system_error that names the file; a folder is ERROR_NOT_SUPPORTED.
[[nodiscard]] win32::unique_file open_source(const std::filesystem::path& name, DWORD flags);

/// The source of a copy: a file as long as it is when it is opened, or a pipe.
///
/// Other programs may write to the file meanwhile. FILE_SHARE_READ keeps them out where Windows
/// decides; a file server with another system may let them in, and Linux lets its own programs do
/// so beside Wine. Bytes that they append do not belong to the copy; if they make the file shorter,
/// the copy fails.
///
/// Threads: one at a time.
class source_file {
public:
    /// Opens it, as open_source() does.
    source_file(const std::filesystem::path& name, DWORD flags);

    /// The open file, to read from.
    [[nodiscard]] HANDLE get() const noexcept { return file_.get(); }

    /// The number of bytes that belong to the copy; 0 for a pipe, which has no size.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// The number of bytes to ask for at `offset` when the buffer has `room` bytes; 0 where the
    /// copy ends. For a pipe it is always `room`: only reading finds its end.
    [[nodiscard]] DWORD wanted(std::uint64_t offset, std::size_t room) const noexcept;

    /// Throws std::system_error (ERROR_HANDLE_EOF) if the file has become shorter since it was
    /// opened: reading has met its end too early, after `copied` bytes, or would meet it now. The
    /// bytes that were copied may then be a mixture of two files.
    void require_whole(std::uint64_t copied) const;

private:
    std::filesystem::path name_;
    win32::unique_file file_;
    std::uint64_t size_;
};

/// A file that is deleted when it is closed, because it was never finished. It has to be opened
/// with DELETE access.
struct unfinished_file_traits : win32::file_traits {
    /// Marks the file as one to delete, and closes it.
    static void close(pointer value) noexcept;
};

/// A file under construction.
///
/// It is written under a temporary name in the destination's folder; publish() renames it in one
/// step. If anything fails before that, the temporary file goes with this object, and a file that
/// stood at the destination still stands. A link there is followed: the file that it leads to is
/// the one that is replaced.
///
/// The file gets the source's time of the last write. A file that replaces another one has the same
/// permissions from its first moment on (its DACL; Wine 8 knows them only roughly). Everything else
/// is as in a new file.
///
/// Lifetime: an overlapped write uses the handle until its completion has been collected. So
/// publish(), and the destructor too, may run only when no operation is in flight.
///
/// Threads: one at a time.
class new_file {
public:
    /// Creates the temporary file. `source` tells whether a file would be copied onto itself; null,
    /// if the bytes come from no file.
    ///
    /// Checks the destination now, before a long copy is done in vain. Throws std::system_error
    /// that names it: it is a folder or a device (ERROR_NOT_SUPPORTED), is `source`
    /// (ERROR_SHARING_VIOLATION), exists and `overwrite` is false (ERROR_FILE_EXISTS), is read-only
    /// (ERROR_ACCESS_DENIED), is held open by others (ERROR_SHARING_VIOLATION), has a name that no
    /// file can have (ERROR_INVALID_NAME) or that was no Unicode text
    /// (ERROR_NO_UNICODE_TRANSLATION), or the temporary file cannot be made.
    new_file(const std::filesystem::path& destination, bool overwrite, const source_file* source,
             DWORD flags);
    new_file(const new_file&) = delete;
    new_file& operator=(const new_file&) = delete;

    /// The temporary file, to write to.
    [[nodiscard]] HANDLE get() const noexcept { return file_.get(); }

    /// Sets the file's size in bytes. NTFS reserves the space, so a disk that is too small shows
    /// before the copying, not in the middle of it. Throws std::system_error, as ERROR_DISK_FULL.
    void set_size(std::uint64_t size);

    /// Gives the file its name, checks that it has got this name and no other, and closes it.
    /// Throws std::system_error.
    void publish();

private:
    void create(DWORD flags, void* permissions);

    std::filesystem::path destination_; // the caller's name for it
    std::filesystem::path place_;       // its full name, with every link followed
    bool overwrite_;
    FILE_BASIC_INFO times_{};
    win32::unique_resource<unfinished_file_traits> file_;
};

/// Writes all of `text` to a file that is not overlapped. Throws std::system_error that names it.
void write_all(HANDLE file, const std::string& name, std::string_view text);

} // namespace files
