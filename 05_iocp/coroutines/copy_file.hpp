/// \file
/// The file job with coroutines on a completion port: each block is copied as if by blocking calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace coroutines {

/// Options of a copy.
struct copy_options {
    /// Replace the destination if it exists. Without it an existing file is an error.
    bool overwrite = false;

    /// Called on the caller's thread after each block, or more often, with the bytes copied so far
    /// and the size of the source (0 if it has none). May throw: the copy is then undone and the
    /// exception goes on.
    std::function<void(std::uint64_t copied, std::uint64_t size)> progress;
};

/// Bytes in one operation.
inline constexpr std::size_t copy_block_size = 256 * 1024;

/// Copies the contents of `source` to the new file `destination`.
///
/// Returns when the copy is whole. On any error nothing is left behind, and a file that stood at
/// `destination` still stands. Throws std::system_error that names the call and the file.
///
/// Threads: the caller's alone, until it returns. Any number of copies may run at once.
void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options = {});

} // namespace coroutines
