/// \file
/// From a request to its answer.
#pragma once

#include "apps/http/rules/answer_text.hpp"
#include "apps/http/rules/request.hpp"
#include "folder.hpp"

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace http {

/// The folder that is served, and how.
struct site {
    folder root;
    bool shows_dotfiles = false;
    std::string cache_control = "no-cache"; ///< of files
};

/// What goes to the client: first `text`, then `size` bytes of `file` from `first` on.
struct answer {
    std::string text;
    win32::unique_file file; ///< empty if `size` is 0
    std::uint64_t first = 0; ///< byte
    std::uint64_t size = 0;  ///< bytes
    bool keeps_alive = true; ///< false: the connection is to be closed then
};

/// Answers `asked` at the time `now`. A folder is asked for with a slash at the end, and is
/// answered with its index.html, or with 404: what else is in it is nobody's business. Without the
/// slash the client is sent to the place with one, or the links in the page would lead to the
/// folder above.
///
/// Threads: any; it waits for the disk (folder::open). Throws std::bad_alloc.
[[nodiscard]] answer answer_to(const request& asked, const site& from,
                               std::chrono::sys_seconds now);

/// The answer to what is no request: `why` is 400, 408 or 431. The connection is to be closed,
/// since nobody knows where the next request begins.
[[nodiscard]] answer answer_to_nonsense(status why, std::chrono::sys_seconds now);

} // namespace http
