/// \file
/// The folder whose files are served.
#pragma once

#include "apps/http/rules/entity.hpp"
#include "apps/http/rules/status.hpp"

#include "win32/unique_resource.hpp"

#include <string>
#include <string_view>

namespace http {

/// A file that has been opened to be sent, or the reason why there is none.
struct opened_file {
    status result = status::ok;
    win32::unique_file file; ///< The file, for overlapped reads; empty for a folder.
    bool is_folder = false;
    entity what;
};

/// The root folder, outside which nothing is served.
///
/// Two walls keep a client inside. The first is resolve(), which lets only names through that stand
/// for themselves. They are put behind the root's path in the form `\\?\C:\folder`, in which
/// Windows interprets no dots, devices or slashes. NTFS still reads a colon as the mark of a
/// stream, so a colon is refused. The second wall: when a file is open, Windows is asked for its
/// path, which must lie below the root. So a link that leads out of the folder leads nowhere. The
/// link is followed before it is refused, though, and a link to a share makes this computer log on
/// there. Anyone with the right to write in the root can cause such a log-on.
///
/// A file has one name here, the one that its folder lists, letter for letter. Windows would also
/// open `INDEX.HTML` for `index.html`, and, where the volume keeps short names, `DATA~1.HTM` for
/// `data.htmlx`. The type of such an answer would be that of the asked name, and a proxy that
/// blocks `/data.htmlx` would let the request pass. So neither name is found. Source:
/// https://learn.microsoft.com/windows/win32/fileio/naming-a-file#short-vs-long-names
///
/// Threads: all functions from any thread.
class folder {
public:
    /// Opens the folder at `path`, which is UTF-8. Throws std::system_error that names it if it is
    /// no folder or cannot be read.
    explicit folder(const std::string& path);

    /// Opens the file or folder at `path` (place::path). Others may write, rename and delete it
    /// meanwhile. The result is 404 if there is nothing of that name, 403 if it must not be read or
    /// lies outside, and 500 if Windows has no resources left.
    ///
    /// Waits for the disk, since CreateFileW has no overlapped form. A pool has twice as many
    /// threads as processors, so that others go on meanwhile. Throws std::bad_alloc.
    [[nodiscard]] opened_file open(std::string_view path) const;

private:
    std::wstring root_; // the final path, without a backslash at its end
};

} // namespace http
