/// \file
/// A folder for the files of one measurement or one test.
#pragma once

#include <filesystem>
#include <string_view>

namespace files {

/// A new, empty folder, removed with all that is in it at the end.
///
/// Lifetime: longer than the handles of its files. Windows does not remove a file that is open.
///
/// Threads: one at a time.
class temporary_folder {
public:
    /// Makes it in `parent`. Throws std::filesystem::filesystem_error.
    explicit temporary_folder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path());
    ~temporary_folder() { remove(); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    /// Its place, in full.
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    /// Writes a file that holds `content`, in the place of an earlier one, and returns its path.
    /// Throws std::system_error that names it.
    std::filesystem::path make_file(std::wstring_view name, std::string_view content) const;

    /// Removes the folder before its time: files that are read-only too, and those whose paths are
    /// longer than 260 characters. False: something in it is still open.
    bool remove() const noexcept;

private:
    std::filesystem::path path_;
};

} // namespace files
