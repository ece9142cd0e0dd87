#include "win32/new_file.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <atomic>
#include <string>

namespace win32 {

namespace {

bool has_attribute(const std::filesystem::path& name, DWORD attribute) {
    const DWORD attributes = ::GetFileAttributesW(name.c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & attribute) != 0;
}

bool is_there(const std::filesystem::path& name) {
    return ::GetFileAttributesW(name.c_str()) != INVALID_FILE_ATTRIBUTES;
}

// Two names may mean one file: another spelling, a hard link. The volume and the file's index in it
// tell, whatever the names.
bool is_same_file(HANDLE file, const std::filesystem::path& name) {
    const unique_file other{::CreateFileW(name.c_str(), FILE_READ_ATTRIBUTES,
                                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                          nullptr, OPEN_EXISTING, 0, nullptr)};
    BY_HANDLE_FILE_INFORMATION a;
    BY_HANDLE_FILE_INFORMATION b;
    return other && ::GetFileInformationByHandle(file, &a) &&
           ::GetFileInformationByHandle(other.get(), &b) &&
           a.dwVolumeSerialNumber == b.dwVolumeSerialNumber &&
           a.nFileIndexHigh == b.nFileIndexHigh && a.nFileIndexLow == b.nFileIndexLow;
}

// In the same folder, so that the rename stays on one volume and is one step.
std::filesystem::path temporary_name(const std::filesystem::path& destination) {
    static std::atomic<unsigned> count{0};
    return destination.parent_path() / (L"~copy-" + std::to_wstring(::GetCurrentProcessId()) +
                                        L"-" + std::to_wstring(++count) + L".tmp");
}

} // namespace

unique_file open_source(const std::filesystem::path& name, DWORD flags) {
    const std::string text = to_utf8(name.native());
    unique_file file{::CreateFileW(name.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                   OPEN_EXISTING, flags, nullptr)};
    if (file)
        return file;
    const DWORD error = ::GetLastError();
    // For a folder it is "access denied", which sends the user the wrong way. (Not asked before: of
    // a pipe, the question alone would use up its one connection.)
    if (has_attribute(name, FILE_ATTRIBUTE_DIRECTORY))
        throw_error(ERROR_NOT_SUPPORTED, "copy a folder", text);
    throw_error(error, "CreateFileW", text);
}

std::uint64_t file_size(HANDLE file) {
    if (::GetFileType(file) != FILE_TYPE_DISK)
        return 0;
    LARGE_INTEGER size;
    if (!::GetFileSizeEx(file, &size))
        throw_last_error("GetFileSizeEx");
    return static_cast<std::uint64_t>(size.QuadPart);
}

new_file::new_file(const std::filesystem::path& destination, bool overwrite, HANDLE source,
                   DWORD flags)
    : destination_{destination}, overwrite_{overwrite} {
    const std::string text = to_utf8(destination.native());
    if (has_attribute(destination, FILE_ATTRIBUTE_DIRECTORY))
        throw_error(ERROR_NOT_SUPPORTED, "overwrite a folder", text);
    if (source != nullptr && is_same_file(source, destination))
        throw_error(ERROR_SHARING_VIOLATION, "copy onto itself", text);
    // Asked here so that a long copy is not done in vain; publish() asks again, and decides.
    if (!overwrite && is_there(destination))
        throw_error(ERROR_FILE_EXISTS, "create", text);
    if (has_attribute(destination, FILE_ATTRIBUTE_READONLY))
        throw_error(ERROR_ACCESS_DENIED, "overwrite a read-only file", text);
    do { // a process that was killed may have left a file of that name
        temporary_ = temporary_name(destination);
        file_.reset(::CreateFileW(temporary_.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, flags,
                                  nullptr));
    } while (!file_ && ::GetLastError() == ERROR_FILE_EXISTS);
    if (!file_)
        throw_last_error("CreateFileW", text);
}

new_file::~new_file() {
    if (file_) {
        file_.reset();
        ::DeleteFileW(temporary_.c_str());
    }
}

void new_file::set_size(std::uint64_t size) {
    FILE_END_OF_FILE_INFO end{};
    end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
    if (!::SetFileInformationByHandle(file_.get(), FileEndOfFileInfo, &end, sizeof end)) {
        const DWORD error = ::GetLastError();
        throw_error(error, "SetFileInformationByHandle", to_utf8(destination_.native()));
    }
}

void new_file::publish() {
    file_.reset();
    // Without the flag the move fails if another program has made the file meanwhile.
    const DWORD flags = overwrite_ ? MOVEFILE_REPLACE_EXISTING : 0;
    if (!::MoveFileExW(temporary_.c_str(), destination_.c_str(), flags)) {
        const DWORD error = ::GetLastError();
        ::DeleteFileW(temporary_.c_str());
        throw_error(error, "MoveFileExW", to_utf8(destination_.native()));
    }
}

} // namespace win32
