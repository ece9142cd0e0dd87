#include "linux_proc.hpp"

#include "text.hpp"

#include <array>
#include <charconv>
#include <sstream>

namespace win32::proc {

static constexpr wchar_t root[] = L"Z:\\proc\\";

unique_file open(const std::wstring& file) {
    return unique_file{::CreateFileW((root + file).c_str(), GENERIC_READ,
                                     FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                     nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
}

std::optional<std::string> content_of(const unique_file& file) {
    std::array<char, 4096> buffer;
    DWORD size = 0;
    OVERLAPPED from_the_beginning{};
    if (!file || !::ReadFile(file.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &size,
                             &from_the_beginning))
        return std::nullopt;
    return std::string{buffer.data(), size};
}

std::vector<unsigned> numbers_in(const std::wstring& folder) {
    std::vector<unsigned> result;
    WIN32_FIND_DATAW entry;
    const HANDLE search = ::FindFirstFileW((root + folder + L"*").c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE)
        return result;
    do {
        const std::string name = to_utf8(entry.cFileName);
        const char* const end = name.data() + name.size();
        unsigned number = 0;
        const auto [stopped, error] = std::from_chars(name.data(), end, number);
        if (error == std::errc{} && stopped == end)
            result.push_back(number);
    } while (::FindNextFileW(search, &entry));
    ::FindClose(search);
    return result;
}

std::optional<unsigned> find(const std::wstring& file, std::string_view text) {
    for (const unsigned id : numbers_in({})) {
        const auto content = content_of(open(std::to_wstring(id) + L"\\" + file));
        if (content && content->starts_with(text))
            return id;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_after(std::string_view key, const std::string& text) {
    const std::size_t at = text.find(key);
    if (at == std::string::npos)
        return std::nullopt;
    std::istringstream rest{text.substr(at + key.size())};
    std::uint64_t number = 0;
    if (!(rest >> number))
        return std::nullopt;
    return number;
}

} // namespace win32::proc
