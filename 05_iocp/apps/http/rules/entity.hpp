/// \file
/// The size of a file, and the validators that tell one state of the file from another.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>

namespace http {

/// The unit of Windows' file times: 100 ns.
using file_ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// The properties of a file that is to be sent.
struct entity {
    std::uint64_t size = 0;                       ///< The size in bytes.
    std::chrono::sys_time<file_ticks> modified{}; ///< The time of the last write.
};

/// The values by which one state of a file is told from another.
struct validators {
    std::string tag; ///< The value of ETag.
    /// Whether two files with this tag are the same byte for byte. If not, the tag is marked as
    /// weak (W/).
    bool is_strong = false;
    std::chrono::sys_seconds last_modified; ///< The value of Last-Modified, never later than now.
};

/// Returns the validators of `what` at the time `now`.
///
/// The tag is made of the size and the time of the last write. It is the same before and after a
/// write that leaves the size as it is and happens in the same tick of the file system's clock as
/// the write before, and after a program has set the time back. A tick has 2 s at most (FAT). So
/// the tag of a file that was written in the last 2 s is weak: a cache may use it, but a client
/// must not put together parts of two states with it. There is one more gap: NTFS need not update
/// the time of the last write before the writer closes its handle. So a file that a program keeps
/// open and overwrites in place may be taken for its older state.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-weak-versus-strong
[[nodiscard]] validators validators_of(const entity& what, std::chrono::sys_seconds now);

} // namespace http
