#include "new_file.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <vector>

namespace files {

namespace {

constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

bool is_there(const std::filesystem::path& name) {
    return ::GetFileAttributesW(name.c_str()) != INVALID_FILE_ATTRIBUTES;
}

bool is_folder(const std::filesystem::path& name) {
    const DWORD attributes = ::GetFileAttributesW(name.c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

win32::unique_file open(const std::filesystem::path& name, DWORD access) {
    return win32::unique_file{
        ::CreateFileW(name.c_str(), access, share_all, nullptr, OPEN_EXISTING, 0, nullptr)};
}

// The size in bytes; 0 for a pipe, which has none.
std::uint64_t size_of(HANDLE file, const std::filesystem::path& name) {
    if (::GetFileType(file) != FILE_TYPE_DISK)
        return 0;
    LARGE_INTEGER size;
    if (!::GetFileSizeEx(file, &size)) {
        const DWORD error = ::GetLastError();
        win32::throw_error(error, "GetFileSizeEx", win32::to_utf8(name.native()));
    }
    return static_cast<std::uint64_t>(size.QuadPart);
}

// Two names may lead to one file, by another spelling or a hard link. The volume and the file's
// index in it identify the file.
bool is_same_file(HANDLE one, HANDLE other) {
    BY_HANDLE_FILE_INFORMATION a;
    BY_HANDLE_FILE_INFORMATION b;
    return ::GetFileInformationByHandle(one, &a) && ::GetFileInformationByHandle(other, &b) &&
           a.dwVolumeSerialNumber == b.dwVolumeSerialNumber &&
           a.nFileIndexHigh == b.nFileIndexHigh && a.nFileIndexLow == b.nFileIndexLow;
}

// The full name, with the current folder in front, as Windows understands it: without dots and
// spaces at the end.
std::filesystem::path full_name(const std::filesystem::path& name, const std::string& text) {
    std::wstring result(::GetFullPathNameW(name.c_str(), 0, nullptr, nullptr), L'\0');
    const DWORD length =
        ::GetFullPathNameW(name.c_str(), static_cast<DWORD>(result.size()), result.data(), nullptr);
    if (length == 0) // for a name of nothing, or of spaces
        win32::throw_error(ERROR_INVALID_NAME, "create", text);
    result.resize(length);
    return result;
}

// Windows turns a name that it keeps for a device into \\.\NUL. Its release decides which names
// these are: con.txt is one in some.
bool is_device(const std::filesystem::path& full) {
    const std::wstring_view text = full.native();
    return text.starts_with(L"\\\\.\\") && text.find(L'\\', 4) == text.npos;
}

// The name that leads to an open file without any link; empty where the volume cannot tell, as some
// RAM disks cannot.
std::filesystem::path final_name(HANDLE file) {
    std::wstring result(32768, L'\0');
    result.resize(
        ::GetFinalPathNameByHandleW(file, result.data(), static_cast<DWORD>(result.size()), 0));
    return result;
}

bool is_same_name(const std::filesystem::path& a, const std::filesystem::path& b) {
    return ::CompareStringOrdinal(a.c_str(), -1, b.c_str(), -1, TRUE) == CSTR_EQUAL;
}

// The file's permissions: a security descriptor that has a DACL and nothing else.
std::vector<std::byte> permissions_of(HANDLE file, const std::string& text) {
    DWORD size = 0;
    ::GetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, nullptr, 0, &size);
    std::vector<std::byte> result(size);
    if (!::GetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, result.data(), size, &size))
        win32::throw_last_error("GetKernelObjectSecurity", text);
    return result;
}

// Throws if there can be no file of that name, or if the one that is there may not be replaced.
// Returns whether one is there. Asks now, so that a long copy is not done in vain; publish() asks
// again, and decides.
bool check_destination(const std::filesystem::path& name, const std::filesystem::path& full,
                       bool overwrite, HANDLE source) {
    const std::string text = win32::to_utf8(name.native());
    if (is_device(full))
        win32::throw_error(ERROR_NOT_SUPPORTED, "copy to a device", text);
    if (is_folder(name))
        win32::throw_error(ERROR_NOT_SUPPORTED, "overwrite a folder", text);
    const win32::unique_file old = open(name, FILE_READ_ATTRIBUTES);
    const DWORD error = ::GetLastError();
    if (!old && error == ERROR_INVALID_NAME)
        win32::throw_error(error, "create", text);
    if (old && ::GetFileType(old.get()) != FILE_TYPE_DISK)
        win32::throw_error(ERROR_NOT_SUPPORTED, "copy to a device", text);
    if (old && is_same_file(source, old.get()))
        win32::throw_error(ERROR_SHARING_VIOLATION, "copy onto itself", text);

    const bool there = is_there(name); // also a link that leads nowhere, which cannot be opened
    if (there && !overwrite)
        win32::throw_error(ERROR_FILE_EXISTS, "create", text);
    BY_HANDLE_FILE_INFORMATION about;
    if (old && ::GetFileInformationByHandle(old.get(), &about) &&
        (about.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0)
        win32::throw_error(ERROR_ACCESS_DENIED, "overwrite a read-only file", text);
    // Where a name could not be converted, U+FFFD stands in it: the copy would get another name.
    if (!there && full.native().find(L'\xfffd') != std::wstring::npos)
        win32::throw_error(ERROR_NO_UNICODE_TRANSLATION, "create", text);
    return there;
}

// A volume with reparse points shows a link that leads nowhere. Wine's volumes have Linux' links in
// their place, and under Wine the name of such a link looks free: only the attempt to make a file
// there tells that it is taken.
bool is_hidden_link(const std::filesystem::path& name, HANDLE beside) {
    DWORD flags = 0;
    if (!::GetVolumeInformationByHandleW(beside, nullptr, 0, nullptr, nullptr, &flags, nullptr,
                                         0) ||
        (flags & FILE_SUPPORTS_REPARSE_POINTS) != 0)
        return false;
    const win32::unique_resource<unfinished_file_traits> made{
        ::CreateFileW(name.c_str(), DELETE, 0, nullptr, CREATE_NEW, 0, nullptr)};
    return !made && ::GetLastError() == ERROR_FILE_EXISTS;
}

// The name lies in the same folder, so that the rename stays on one volume and is one step.
std::filesystem::path temporary_name(const std::filesystem::path& folder) {
    static std::atomic<unsigned> count{0};
    return folder / (L"~copy-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
                     std::to_wstring(++count) + L".tmp");
}

} // namespace

win32::unique_file open_source(const std::filesystem::path& name, DWORD flags) {
    const std::string text = win32::to_utf8(name.native());
    win32::unique_file file{::CreateFileW(name.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                          OPEN_EXISTING, flags, nullptr)};
    if (file)
        return file;
    const DWORD error = ::GetLastError();
    // The error of a folder is "access denied", which misleads the user. (The question comes only
    // now because it alone would use up a pipe's one connection.)
    if (is_folder(name))
        win32::throw_error(ERROR_NOT_SUPPORTED, "copy a folder", text);
    win32::throw_error(error, "CreateFileW", text);
}

source_file::source_file(const std::filesystem::path& name, DWORD flags)
    : name_{name}, file_{open_source(name, flags)}, size_{size_of(file_.get(), name)} {}

DWORD source_file::wanted(std::uint64_t offset, std::size_t room) const noexcept {
    if (offset < size_)
        return static_cast<DWORD>(std::min<std::uint64_t>(room, size_ - offset));
    if (size_ != 0)
        return 0;
    // Besides pipes, the files of Linux' /proc report a size of 0 and have bytes. A file that was
    // empty and has grown reports another size by now.
    LARGE_INTEGER now{};
    const bool has_grown = ::GetFileType(file_.get()) == FILE_TYPE_DISK &&
                           ::GetFileSizeEx(file_.get(), &now) && now.QuadPart != 0;
    return has_grown ? 0 : static_cast<DWORD>(room);
}

//! [require-whole]
void source_file::require_whole(std::uint64_t copied) const {
    if (copied < size_ || size_of(file_.get(), name_) < size_)
        win32::throw_error(ERROR_HANDLE_EOF, "copy a file that became shorter while it was copied:",
                           win32::to_utf8(name_.native()));
}
//! [require-whole]

void unfinished_file_traits::close(pointer value) noexcept {
    FILE_DISPOSITION_INFO gone{TRUE};
    ::SetFileInformationByHandle(value, FileDispositionInfo, &gone, sizeof gone);
    ::CloseHandle(value);
}

new_file::new_file(const std::filesystem::path& destination, bool overwrite,
                   const source_file* source, DWORD flags)
    : destination_{destination}, overwrite_{overwrite} {
    const std::string text = win32::to_utf8(destination.native());
    place_ = full_name(destination, text);
    const HANDLE input = source != nullptr ? source->get() : nullptr;
    const bool replaces = check_destination(destination, place_, overwrite, input);
    if (input != nullptr && ::GetFileType(input) == FILE_TYPE_DISK) {
        FILE_BASIC_INFO info;
        if (!::GetFileInformationByHandleEx(input, FileBasicInfo, &info, sizeof info))
            win32::throw_last_error("GetFileInformationByHandleEx");
        times_.LastWriteTime = info.LastWriteTime;
    }

    std::vector<std::byte> permissions;
    if (replaces) {
        // Replacing a file takes DELETE access. If another program has the file open and does not
        // share this access, that shows now. The file is not kept open, which would keep others
        // out while we copy.
        const win32::unique_file old = open(destination, DELETE | READ_CONTROL);
        if (!old)
            win32::throw_last_error("overwrite", text);
        permissions = permissions_of(old.get(), text);
        if (std::filesystem::path name = final_name(old.get()); !name.empty())
            place_ = std::move(name);
    }
    create(flags, nullptr);
    if (!replaces && is_hidden_link(place_, file_.get()))
        win32::throw_error(ERROR_FILE_EXISTS, "create", text);
    // A new file in this folder mostly has the same permissions. They are set only if they differ:
    // Wine, which makes nine bits of them, would make each of these files executable.
    if (replaces && permissions_of(file_.get(), text) != permissions) {
        file_.reset();
        create(flags, permissions.data());
    }
}

void new_file::create(DWORD flags, void* permissions) {
    SECURITY_ATTRIBUTES attributes{sizeof attributes, permissions, FALSE};
    do { // a process that was killed may have left a file of that name
        file_.reset(::CreateFileW(temporary_name(place_.parent_path()).c_str(),
                                  GENERIC_WRITE | DELETE, 0, &attributes, CREATE_NEW, flags,
                                  nullptr));
    } while (!file_ && ::GetLastError() == ERROR_FILE_EXISTS);
    if (!file_) {
        const DWORD error = ::GetLastError();
        win32::throw_error(error, "CreateFileW", win32::to_utf8(destination_.native()));
    }
}

void new_file::set_size(std::uint64_t size) {
    FILE_END_OF_FILE_INFO end{};
    end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
    if (!::SetFileInformationByHandle(file_.get(), FileEndOfFileInfo, &end, sizeof end)) {
        const DWORD error = ::GetLastError();
        win32::throw_error(error, "SetFileInformationByHandle",
                           win32::to_utf8(destination_.native()));
    }
}

void new_file::publish() {
    const std::string text = win32::to_utf8(destination_.native());
    // A time that is 0 stays as it is.
    if (!::SetFileInformationByHandle(file_.get(), FileBasicInfo, &times_, sizeof times_))
        win32::throw_last_error("SetFileInformationByHandle", text);

    // Renaming the file through its handle lets nobody come in between. The name lies behind the
    // structure, which has room for its first letter.
    const std::wstring& name = place_.native();
    std::vector<std::byte> memory(sizeof(FILE_RENAME_INFO) + name.size() * sizeof(wchar_t));
    auto& rename = *reinterpret_cast<FILE_RENAME_INFO*>(memory.data());
    // Without the flag the move fails if another program has made the file meanwhile.
    rename.ReplaceIfExists = overwrite_;
    rename.FileNameLength = static_cast<DWORD>(name.size() * sizeof(wchar_t));
    std::memcpy(rename.FileName, name.c_str(), rename.FileNameLength);
    if (!::SetFileInformationByHandle(file_.get(), FileRenameInfo, &rename,
                                      static_cast<DWORD>(memory.size())))
        win32::throw_last_error("rename the whole copy to", text);

    // Wine 8 cuts long names in silence, and a file under a name that nobody looks for is no copy.
    const std::filesystem::path got = final_name(file_.get());
    if (!got.empty() && !is_same_name(got.filename(), place_.filename()))
        win32::throw_error(ERROR_INVALID_NAME, "give the copy this name, and no other:", text);
    ::CloseHandle(file_.release()); // without deleting it
}

void write_all(HANDLE file, const std::string& name, std::string_view text) {
    while (!text.empty()) {
        DWORD written = 0;
        if (!::WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &written, nullptr))
            win32::throw_last_error("WriteFile", name);
        text.remove_prefix(written);
    }
}

} // namespace files
