/// \file
/// The folder in which a test copies, its files, and checks of their bytes and permissions.
#pragma once

#include "files/temporary_folder.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace harness {

/// Writes `bytes` at `offset` of an open file that is not overlapped.
inline void write_bytes(HANDLE file, std::uint64_t offset, const std::string& bytes) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    DWORD written = 0;
    if (!::SetFilePointerEx(file, position, nullptr, FILE_BEGIN) ||
        !::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr))
        win32::throw_last_error("write a test's file");
}

/// The `size` bytes at `offset` of an open file; fewer at its end.
inline std::string read_bytes(HANDLE file, std::uint64_t offset, std::size_t size) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    std::string bytes(size, '\0');
    DWORD read = 0;
    if (!::SetFilePointerEx(file, position, nullptr, FILE_BEGIN) ||
        !::ReadFile(file, bytes.data(), static_cast<DWORD>(size), &read, nullptr))
        win32::throw_last_error("read a test's file");
    bytes.resize(read);
    return bytes;
}

/// Opens an existing file; returns an owner of nothing when it cannot be opened in this way.
inline win32::unique_file open_file(const std::filesystem::path& name, DWORD access, DWORD share) {
    return win32::unique_file{
        ::CreateFileW(name.c_str(), access, share, nullptr, OPEN_EXISTING, 0, nullptr)};
}

/// Makes `name` hold `bytes`.
inline void make_file(const std::filesystem::path& name, const std::string& bytes) {
    const win32::unique_file file{::CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr,
                                                CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        win32::throw_last_error("CreateFileW", win32::to_utf8(name.native()));
    write_bytes(file.get(), 0, bytes);
}

/// All bytes of a file; nothing when it is not there or may not be read.
inline std::optional<std::string> contents_of(const std::filesystem::path& name) {
    const win32::unique_file file =
        open_file(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    LARGE_INTEGER size;
    if (!file || !::GetFileSizeEx(file.get(), &size))
        return std::nullopt;
    return read_bytes(file.get(), 0, static_cast<std::size_t>(size.QuadPart));
}

/// Success when `name` holds `bytes` and no other; a failure says where the first difference is.
inline ::testing::AssertionResult holds(const std::filesystem::path& name,
                                        const std::string& bytes) {
    const std::string text = win32::to_utf8(name.native());
    const std::optional<std::string> contents = contents_of(name);
    if (!contents)
        return ::testing::AssertionFailure() << text << " is not there";
    if (contents->size() != bytes.size())
        return ::testing::AssertionFailure()
               << text << " has " << contents->size() << " bytes, not " << bytes.size();
    const auto [first, second] = std::mismatch(bytes.begin(), bytes.end(), contents->begin());
    if (first != bytes.end())
        return ::testing::AssertionFailure()
               << text << " differs from byte " << first - bytes.begin() << " on";
    return ::testing::AssertionSuccess();
}

/// A form of the name that Windows takes beyond 260 characters, and reads literally ("." is a
/// file).
inline std::filesystem::path long_form(const std::filesystem::path& name) {
    return L"\\\\?\\" + std::filesystem::absolute(name).make_preferred().native();
}

/// Part of a file's security descriptor.
inline std::string security_of(const std::filesystem::path& name, SECURITY_INFORMATION part) {
    DWORD size = 0;
    ::GetFileSecurityW(name.c_str(), part, nullptr, 0, &size);
    std::string result(size, '\0');
    if (!::GetFileSecurityW(name.c_str(), part, result.data(), size, &size))
        win32::throw_last_error("GetFileSecurityW", win32::to_utf8(name.native()));
    return result;
}

/// A file's permissions, for a comparison.
inline std::string permissions_of(const std::filesystem::path& name) {
    return security_of(name, DACL_SECURITY_INFORMATION);
}

/// A folder of the test's own. Files that the test leaves there must not be open any more.
class scratch_folder {
public:
    explicit scratch_folder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path())
        : folder_{parent} {}
    ~scratch_folder() {
        if (!folder_.remove())
            ADD_FAILURE() << "cannot remove " << win32::to_utf8(path().native())
                          << ": something in it is still open";
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path() / name;
    }

    /// The contents of the folder, at any depth: each name with the file's size and a digest of its
    /// bytes. A folder that looks the same twice has lost nothing and gained nothing.
    [[nodiscard]] std::map<std::string, std::string> look() const {
        std::map<std::string, std::string> result;
        const std::filesystem::path root = long_form(path());
        for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
            const std::string name =
                win32::to_utf8(entry.path().native().substr(root.native().size() + 1));
            if (entry.is_directory())
                result[name] = "a folder";
            else if (const std::optional<std::string> bytes = contents_of(entry.path()))
                result[name] = std::to_string(bytes->size()) + " bytes, digest " +
                               std::to_string(std::hash<std::string>{}(*bytes));
            else
                result[name] = "a file that is held open";
        }
        return result;
    }

private:
    files::temporary_folder folder_;
};

} // namespace harness
