/// \file
/// From what a client asks for to the name of a file.
#pragma once

#include "status.hpp"

#include <string>
#include <string_view>

namespace http {

/// What a request's target means.
struct place {
    status result = status::ok; ///< anything else: this is the answer, and the rest means nothing

    /// The names of folders and of the file, with a slash between them and none at the ends; UTF-8.
    /// Empty for the root folder itself. Each name is one that a file can have, and stands for
    /// itself.
    std::string path;
    bool is_folder = false; ///< the target ended with a slash
    std::string query;      ///< from the question mark on, as it was sent
};

/// Reads a request's target: `/a/b?query`, or the same with `http://host` before it.
///
/// A name reaches the file system only if nothing there gives it another meaning. Windows takes a
/// backslash for a slash, a colon for a drive or a stream, drops dots and blanks at the end of a
/// name, and finds a device behind `con.txt`: each of these would be a second way to a file, or a
/// way out of the folder. So they are refused here, after percent-decoding, which is done once and
/// name by name: what was encoded cannot become a separator. Refused are
///
/// - with 400: what is no target, a wrong percent-encoding, NUL and other control characters, and
///   what is not UTF-8, longer encodings than need be among it;
/// - with 403: `..`, which a client resolves itself before it asks;
/// - with 404: names that no file can have;
/// - with 404, unless `shows_dotfiles`: names that begin with a dot. A folder that is served
///   is often one that is worked in, and then `.git` and `.env` lie there. The folder `.well-known`
///   of the root is not among them: it is made to be asked for.
///
/// Threads: any. Source:
/// https://learn.microsoft.com/windows/win32/fileio/naming-a-file,
/// https://www.rfc-editor.org/rfc/rfc8615
[[nodiscard]] place resolve(std::string_view target, bool shows_dotfiles = false);

/// `path` for use in a link: a slash before it, and percent-encoded.
[[nodiscard]] std::string encode(std::string_view path);

} // namespace http
