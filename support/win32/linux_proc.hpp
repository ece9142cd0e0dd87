/// \file
/// Linux' /proc. A program under Wine reads it as Z:\\proc. On Windows nothing is there, unless a
/// drive Z: has such a folder: ask win32::under_wine() first.
#pragma once

#include "unique_resource.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Paths are relative to /proc. All functions: any thread.
namespace win32::proc {

/// Opens a file; empty if it is not there, for instance since the process has ended.
[[nodiscard]] unique_file open(const std::wstring& file);

/// Up to 4,096 bytes from the beginning of an open file, whose size is unknown until it is read.
/// Nothing if the file is empty or the process has ended.
[[nodiscard]] std::optional<std::string> content_of(const unique_file& file);

/// The numbers among the names in a folder: they are processes or threads. `folder` is empty, or
/// ends with a backslash.
[[nodiscard]] std::vector<unsigned> numbers_in(const std::wstring& folder);

/// A process whose `file`, "comm" or "cmdline", begins with `text`; nothing without such a one.
[[nodiscard]] std::optional<unsigned> find(const std::wstring& file, std::string_view text);

/// The number after `key` in a text such as that of /proc/ID/status.
[[nodiscard]] std::optional<std::uint64_t> number_after(std::string_view key,
                                                        const std::string& text);

} // namespace win32::proc
