/// \file
/// Files to copy, and checks of their bytes and permissions.
#pragma once

#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace harness {

/// The bytes of a file.
using copy_bytes = std::vector<std::byte>;

/// Bytes without a pattern, so that a block in the wrong place is noticed. The same `seed` gives
/// the same bytes.
inline copy_bytes make_copy_bytes(std::size_t size, std::uint64_t seed) {
    copy_bytes bytes(size);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (std::byte& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<std::byte>(state >> 32);
    }
    return bytes;
}

/// Writes `bytes` at `offset` of an open file that is not overlapped.
inline void write_bytes(HANDLE file, std::uint64_t offset, const copy_bytes& bytes) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    DWORD written = 0;
    if (!::SetFilePointerEx(file, position, nullptr, FILE_BEGIN) ||
        !::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr))
        win32::throw_last_error("write a test's file");
}

/// The `size` bytes at `offset` of an open file; fewer at its end.
inline copy_bytes read_bytes(HANDLE file, std::uint64_t offset, std::size_t size) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    copy_bytes bytes(size);
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
inline void make_file(const std::filesystem::path& name, const copy_bytes& bytes) {
    const win32::unique_file file{::CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr,
                                                CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        win32::throw_last_error("CreateFileW", win32::to_utf8(name.native()));
    write_bytes(file.get(), 0, bytes);
}

/// All bytes of a file; nothing when it is not there or may not be read.
inline std::optional<copy_bytes> contents_of(const std::filesystem::path& name) {
    const win32::unique_file file =
        open_file(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    LARGE_INTEGER size;
    if (!file || !::GetFileSizeEx(file.get(), &size))
        return std::nullopt;
    return read_bytes(file.get(), 0, static_cast<std::size_t>(size.QuadPart));
}

/// Success when `name` holds `bytes` and no other; a failure says where the first difference is.
inline ::testing::AssertionResult holds(const std::filesystem::path& name,
                                        const copy_bytes& bytes) {
    const std::string text = win32::to_utf8(name.native());
    const std::optional<copy_bytes> contents = contents_of(name);
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
inline copy_bytes security_of(const std::filesystem::path& name, SECURITY_INFORMATION part) {
    DWORD size = 0;
    ::GetFileSecurityW(name.c_str(), part, nullptr, 0, &size);
    copy_bytes result(size);
    if (!::GetFileSecurityW(name.c_str(), part, result.data(), size, &size))
        win32::throw_last_error("GetFileSecurityW", win32::to_utf8(name.native()));
    return result;
}

/// A file's permissions, for a comparison.
inline copy_bytes permissions_of(const std::filesystem::path& name) {
    return security_of(name, DACL_SECURITY_INFORMATION);
}

} // namespace harness
