#include "temporary_folder.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/unique_resource.hpp"

#include <atomic>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

namespace files {

namespace {

std::wstring next_name() {
    static std::atomic<unsigned> count{0};
    return L"io-tutorial-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
           std::to_wstring(++count);
}

} // namespace

temporary_folder::temporary_folder(const std::filesystem::path& parent)
    : path_{std::filesystem::absolute(parent) / next_name()} {
    remove(); // of a process that had this number and was killed
    if (!std::filesystem::create_directory(path_))
        throw std::runtime_error("cannot empty " + win32::to_utf8(path_.native()));
}

std::filesystem::path temporary_folder::make_file(std::wstring_view name,
                                                  std::string_view content) const {
    std::filesystem::path result = path_ / name;
    const win32::unique_file file{::CreateFileW(result.c_str(), GENERIC_WRITE, 0, nullptr,
                                                CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
    DWORD written = 0;
    if (!file || !::WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()),
                              &written, nullptr)) {
        const DWORD error = ::GetLastError();
        win32::throw_error(error, "make_file", win32::to_utf8(result.native()));
    }
    return result;
}

bool temporary_folder::remove() const noexcept {
    try {
        const std::filesystem::path root =
            L"\\\\?\\" + std::filesystem::path{path_}.make_preferred().native();
        std::error_code error;
        // Windows does not delete a file that is read-only.
        for (std::filesystem::recursive_directory_iterator entry{root, error}, end;
             !error && entry != end; entry.increment(error))
            ::SetFileAttributesW(entry->path().c_str(), FILE_ATTRIBUTE_NORMAL);
        std::filesystem::remove_all(root, error);
        return !std::filesystem::exists(root);
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace files
