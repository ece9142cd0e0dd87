/// \file
/// The answer to a request.
#pragma once

#include "apps/http/rules/answer_text.hpp"
#include "apps/http/rules/request.hpp"
#include "folder.hpp"

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace http {

/// The folder that is served, and the options of its files.
struct site {
    folder root;
    bool shows_dotfiles = false;
    std::string cache_control = "no-cache"; ///< The value of Cache-Control for files.
};

/// An answer: first goes `text`, then `size` bytes of `file` from `first` on.
struct answer {
    std::string text;
    win32::unique_file file; ///< The file; empty if `size` is 0.
    std::uint64_t first = 0; ///< The first byte of the file to be sent.
    std::uint64_t size = 0;  ///< The number of bytes of the file to be sent.
    bool keeps_alive = true; ///< Whether the connection stays after the answer.
};

/// Returns the answer to `asked` at the time `now`. A target with a slash at its end is a folder.
/// It is answered with the folder's index.html, or with 404; the folder itself is never listed. A
/// folder without the slash is answered with a redirection to the target with one, or the links in
/// the page would lead to the folder above.
///
/// Threads: any; waits for the disk (folder::open). Throws std::bad_alloc.
[[nodiscard]] answer answer_to(const request& asked, const site& from,
                               std::chrono::sys_seconds now);

/// Returns the answer to bytes that are no whole request; `why` is 400, 408 or 431. The connection
/// is closed after it, since the beginning of the next request is not known.
[[nodiscard]] answer answer_to_nonsense(status why, std::chrono::sys_seconds now);

} // namespace http
