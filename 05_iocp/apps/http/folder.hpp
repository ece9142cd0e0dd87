/// \file
/// The folder whose files are served, and nothing outside it.
#pragma once

#include "apps/http/rules/entity.hpp"
#include "apps/http/rules/status.hpp"

#include "win32/unique_resource.hpp"

#include <string>
#include <string_view>

namespace http {

/// A file that has been opened to be sent, or why there is none.
struct opened_file {
    status result = status::ok;
    win32::unique_file file; ///< for overlapped reads; empty if it is a folder
    bool is_folder = false;
    entity what;
};

/// The root folder.
///
/// Two walls keep a client inside. resolve() lets only names through that stand for themselves;
/// they are put behind the root's path in the form `\\?\C:\folder`, in which Windows interprets no
/// name: no dots, no devices, no slashes. A colon would still be a stream's, for NTFS reads that:
/// so it is refused. And when a file is open, Windows is asked what it has opened, and that must
/// lie below the root: so a link that leads out of the folder leads nowhere. It is opened, though,
/// before it is refused: a link to a share makes this computer log on there. Let nobody write in
/// the root whom you would not let do that.
///
/// A file has one name here, the one that its folder lists, letter for letter. Windows would also
/// open `INDEX.HTML` for `index.html`, and, where the volume keeps short names, `DATA~1.HTM` for
/// `data.htmlx`: the type of such an answer would be that of the asked name, and a proxy that keeps
/// people from `/data.htmlx` would let them through. So both are not found. Source:
/// https://learn.microsoft.com/windows/win32/fileio/naming-a-file#short-vs-long-names
///
/// Threads: all functions from any thread.
class folder {
public:
    /// `path`: UTF-8. Throws std::system_error that names it if it is no folder, or cannot be read.
    explicit folder(const std::string& path);

    /// Opens what lies at `path` (place::path). It may be written, renamed and deleted meanwhile by
    /// others. 404: there is nothing of that name; 403: it is not for us, or lies outside; 500:
    /// Windows has no means left.
    ///
    /// CreateFileW has no overlapped form: the thread waits for the disk here. A pool has twice as
    /// many threads as processors, so that others go on meanwhile.
    /// Throws std::bad_alloc.
    [[nodiscard]] opened_file open(std::string_view path) const;

private:
    std::wstring root_; // the final path, with no backslash at its end
};

} // namespace http
