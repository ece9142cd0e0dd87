/// \file
/// The way from a request's target to the name of a file.
#pragma once

#include "status.hpp"

#include <string>
#include <string_view>

namespace http {

/// The meaning of a request's target.
struct place {
    status result = status::ok; ///< If not ok, the status of the answer; the rest is void then.

    /// The names of the folders and the file, in UTF-8, with slashes between them; empty for the
    /// root folder. A file can have each of these names, and each stands for itself.
    std::string path;
    bool is_folder = false; ///< Whether the target ended with a slash.
    std::string query;      ///< The query as it was sent, with its question mark.
};

/// Reads a request's target: `/a/b?query`, or the same with `http://host` before it.
///
/// A name reaches the file system only if it has no other meaning there. Windows takes a backslash
/// for a slash and a colon for a drive or a stream, drops dots and blanks at the end of a name, and
/// finds a device behind `con.txt`. Each of these would be a second way to a file, or a way out of
/// the folder. They are refused after percent-decoding, which is done once for each name, so that
/// an encoded slash cannot become a separator. Refused are
///
/// - with 400: a string that is no target, a wrong percent-encoding, NUL and other control
///   characters, and bytes that are not UTF-8;
/// - with 403: `..`, which clients resolve themselves;
/// - with 404: names that no file can have;
/// - with 404, unless `shows_dotfiles`: names that begin with a dot. A served folder is often one
///   that somebody works in, with `.git` and `.env` in it. The root's folder `.well-known` is made
///   to be asked for, and is not refused.
///
/// Threads: any. Source:
/// https://learn.microsoft.com/windows/win32/fileio/naming-a-file,
/// https://www.rfc-editor.org/rfc/rfc8615
[[nodiscard]] place resolve(std::string_view target, bool shows_dotfiles = false);

/// Returns `path` as a link has it: percent-encoded, with a slash in front.
[[nodiscard]] std::string encode(std::string_view path);

} // namespace http
