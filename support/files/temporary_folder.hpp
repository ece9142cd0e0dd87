/// \file
/// A folder for the files of one measurement.
#pragma once

#include "win32/windows.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>

namespace files {

/// A new folder under the system's temporary one, removed with all that is in it at the end.
class temporary_folder {
public:
    /// Throws std::filesystem::filesystem_error.
    temporary_folder()
        : path_{
              std::filesystem::temp_directory_path() /
              (L"comparison-" + std::to_wstring(::GetCurrentProcessId()) + L"-" + next_number())} {
        std::filesystem::remove_all(path_); // of a process that had this number and was killed
        std::filesystem::create_directory(path_);
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    static std::wstring next_number() {
        static std::atomic<unsigned> count = 0;
        return std::to_wstring(++count);
    }

    std::filesystem::path path_;
};

} // namespace files
