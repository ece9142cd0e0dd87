#include "folder.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace http {

namespace {

constexpr std::size_t drive_size = std::wstring_view{LR"(\\?\C:)"}.size();
constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// Returns the full form of `path` that may have more than 260 characters. Windows interprets no
// dots and slashes in that form, so they are resolved first.
std::wstring extended(const std::string& path) {
    const std::wstring given = win32::to_wide(path);
    std::wstring whole(::GetFullPathNameW(given.c_str(), 0, nullptr, nullptr), L'\0');
    const DWORD error = ::GetLastError();
    if (whole.empty())
        win32::throw_error(error, "open the folder", path);
    whole.resize(
        ::GetFullPathNameW(given.c_str(), static_cast<DWORD>(whole.size()), whole.data(), nullptr));
    if (whole.starts_with(LR"(\\?\)") || whole.starts_with(LR"(\\.\)"))
        return whole;
    if (whole.starts_with(LR"(\\)"))
        return LR"(\\?\UNC)" + whole.substr(1);
    return LR"(\\?\)" + whole;
}

// Opens a file or a folder: FILE_FLAG_BACKUP_SEMANTICS allows the latter too. (The right to ignore
// permissions, after which the flag is named, needs a privilege that is not switched on.)
win32::unique_file open_any(const std::wstring& path) noexcept {
    return win32::unique_file{::CreateFileW(
        path.c_str(), GENERIC_READ, share_all, nullptr, OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN | FILE_FLAG_BACKUP_SEMANTICS, nullptr)};
}

// Returns the path of an open file, with all links resolved, without the drive; empty if it has
// none.
std::wstring path_on_volume(HANDLE file) {
    constexpr std::size_t longest = 32'767; // the characters of a path at most
    std::vector<FILE_NAME_INFO> path(longest * sizeof(wchar_t) / sizeof(FILE_NAME_INFO) + 1);
    FILE_NAME_INFO& name = path.front();
    if (!::GetFileInformationByHandleEx(file, FileNameInfo, &name,
                                        static_cast<DWORD>(path.size() * sizeof name)))
        return {};
    return {name.FileName, name.FileNameLength / sizeof(wchar_t)};
}

// Returns the path of an open file, with all links resolved, in the form \\?\C:\folder\file; empty
// if that fails, with the error in ::GetLastError(). `opened` is the path that was opened, in that
// form.
std::wstring final_path(HANDLE file, std::wstring_view opened) {
    std::wstring path(MAX_PATH, L'\0');
    for (;;) {
        const DWORD size = ::GetFinalPathNameByHandleW(
            file, path.data(), static_cast<DWORD>(path.size()), FILE_NAME_NORMALIZED);
        const DWORD error = ::GetLastError();
        // In Wine 8 and 10 this call fails for more than 260 characters. Take the drive from
        // `opened` then.
        if (size == 0 && error == ERROR_MORE_DATA)
            return std::wstring{opened.substr(0, drive_size)} + path_on_volume(file);
        const bool is_whole = size < path.size(); // otherwise `size` is the size that is needed
        path.resize(size);
        if (is_whole)
            return path;
    }
}

bool is_below(std::wstring_view path, std::wstring_view root) noexcept {
    if (path == root)
        return true;
    return path.starts_with(root) && path[root.size()] == L'\\';
}

// Whether every name in `path` from `begin` on is written as its folder lists it. Windows also
// finds a file by letters of another case, and by its short name (eight letters, a dot and three).
bool is_written_as_stored(const std::wstring& path, std::size_t begin) {
    while (begin < path.size()) {
        const std::size_t end = std::min(path.find(L'\\', begin), path.size());
        WIN32_FIND_DATAW found{};
        const HANDLE search = ::FindFirstFileExW(path.substr(0, end).c_str(), FindExInfoBasic,
                                                 &found, FindExSearchNameMatch, nullptr, 0);
        if (search == INVALID_HANDLE_VALUE)
            return false; // the file is gone, or its folder must not be listed
        ::FindClose(search);
        if (path.compare(begin, end - begin, found.cFileName) != 0)
            return false;
        begin = end + 1;
    }
    return true;
}

status status_of(DWORD error) noexcept {
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_DIRECTORY:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_DELETE_PENDING:
    case ERROR_CANT_RESOLVE_FILENAME: // links that form a circle
    case ERROR_BAD_NETPATH:           // a link to a computer or a share that is gone
    case ERROR_BAD_NET_NAME:
        return status::not_found;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_CANT_ACCESS_FILE:
        return status::forbidden;
    default:
        return status::internal_error;
    }
}

// Converts a time of Windows, which counts from 1601.
std::chrono::sys_time<file_ticks> to_time(const LARGE_INTEGER& time) noexcept {
    using namespace std::chrono;
    constexpr sys_days beginning{year{1601} / January / 1};
    return beginning + file_ticks{time.QuadPart};
}

} // namespace

folder::folder(const std::string& path) {
    const std::wstring name = extended(path);
    const win32::unique_file root = open_any(name);
    if (!root)
        win32::throw_last_error("open the folder", path);
    FILE_STANDARD_INFO about{};
    if (!::GetFileInformationByHandleEx(root.get(), FileStandardInfo, &about, sizeof about))
        win32::throw_last_error("GetFileInformationByHandleEx", path);
    if (!about.Directory)
        win32::throw_error(ERROR_DIRECTORY, "open the folder", path);
    root_ = final_path(root.get(), name);
    if (root_.empty())
        win32::throw_last_error("GetFinalPathNameByHandleW", path);
    if (root_.ends_with(L'\\')) // a whole drive
        root_.pop_back();
}

opened_file folder::open(std::string_view path) const {
    opened_file result;
    const auto refuse = [&](status why) {
        result.result = why;
        result.file.reset();
        return std::move(result);
    };

    // Even in this form of a path a colon is the mark of a stream.
    if (path.find(':') != std::string_view::npos)
        return refuse(status::not_found);
    std::wstring name = root_ + L'\\' + win32::to_wide(path);
    std::replace(name.begin(), name.end(), L'/', L'\\');
    result.file = open_any(name);
    if (!result.file)
        return refuse(status_of(::GetLastError()));

    const HANDLE file = result.file.get();
    if (::GetFileType(file) != FILE_TYPE_DISK)
        return refuse(status::not_found);
    FILE_BASIC_INFO times{};
    FILE_STANDARD_INFO about{};
    if (!::GetFileInformationByHandleEx(file, FileBasicInfo, &times, sizeof times) ||
        !::GetFileInformationByHandleEx(file, FileStandardInfo, &about, sizeof about))
        return refuse(status::internal_error);
    const std::wstring actual = final_path(file, name);
    if (!is_below(actual, root_))
        return refuse(status::forbidden);
    // Usually the two are the same. They differ for a link, which is followed within the folder,
    // and for a second name.
    if (actual != name && !is_written_as_stored(name, root_.size() + 1))
        return refuse(status::not_found);

    result.is_folder = about.Directory != FALSE;
    if (result.is_folder)
        result.file.reset();
    result.what.size = static_cast<std::uint64_t>(about.EndOfFile.QuadPart);
    result.what.modified = to_time(times.LastWriteTime);
    return result;
}

} // namespace http
