/// \file
/// A file as HTTP sees it: a size, and validators that tell one state of it from another.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>

namespace http {

/// The unit of Windows' file times: 100 ns.
using file_ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// What is known of a file that is to be sent.
struct entity {
    std::uint64_t size = 0;                       ///< bytes
    std::chrono::sys_time<file_ticks> modified{}; ///< when it was last written
};

/// What tells one state of a file from another.
struct validators {
    std::string tag; ///< the value of ETag
    /// Two files with this tag are the same byte for byte. Else the tag is marked as weak (W/).
    bool is_strong = false;
    std::chrono::sys_seconds last_modified; ///< never later than now
};

/// The validators of `what` at the time `now`.
///
/// The tag is made of the size and the time of the last write. So it does not see two writes within
/// one tick of the file system's clock that leave the size as it is, nor a program that sets the
/// time back. Ticks are 2 s long at most (FAT): so the tag of a file that was written in the last
/// 2 s is weak, since the next write may not change it. A weak tag serves a cache, and does not let
/// a client put together parts of two states. What no tick tells: NTFS is sure to bring the time of
/// the last write up to date only when the writer closes its handle. A file that somebody holds
/// open and writes anew in place may so be taken for its older self.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-weak-versus-strong
[[nodiscard]] validators validators_of(const entity& what, std::chrono::sys_seconds now);

} // namespace http
