#include "linux_process.hpp"

#include "win32/text.hpp"

#include <array>
#include <charconv>
#include <sstream>
#include <string_view>
#include <vector>

namespace comparison {

namespace {

constexpr wchar_t proc[] = L"Z:\\proc\\";

// Opens a file of /proc; empty if the process has ended.
win32::unique_file open(const std::wstring& file) {
    return win32::unique_file{::CreateFileW(
        (proc + file).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
}

// Returns up to 4,096 bytes of a file of /proc, whose size is unknown until it is read.
std::optional<std::string> content_of(const win32::unique_file& file) {
    std::array<char, 4096> buffer;
    DWORD size = 0;
    OVERLAPPED from_the_beginning{};
    if (!file || !::ReadFile(file.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &size,
                             &from_the_beginning))
        return std::nullopt;
    return std::string{buffer.data(), size};
}

// Returns the numbers among the names in a folder: they are processes or threads.
std::vector<unsigned> numbers_in(const std::wstring& folder) {
    std::vector<unsigned> result;
    WIN32_FIND_DATAW entry;
    const HANDLE search = ::FindFirstFileW((proc + folder + L"*").c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE)
        return result;
    do {
        const std::string name = win32::to_utf8(entry.cFileName);
        const char* const end = name.data() + name.size();
        unsigned number = 0;
        const auto [stopped, error] = std::from_chars(name.data(), end, number);
        if (error == std::errc{} && stopped == end)
            result.push_back(number);
    } while (::FindNextFileW(search, &entry));
    ::FindClose(search);
    return result;
}

// Returns the number after `key` in /proc/ID/status.
std::optional<std::uint64_t> number_after(std::string_view key, const std::string& status) {
    const std::size_t at = status.find(key);
    if (at == std::string::npos)
        return std::nullopt;
    std::istringstream text{status.substr(at + key.size())};
    std::uint64_t number = 0;
    if (!(text >> number))
        return std::nullopt;
    return number;
}

} // namespace

std::optional<linux_process> linux_process::find(const std::wstring& name) {
    const std::string wanted = win32::to_utf8(name);
    for (const unsigned id : numbers_in({})) {
        const std::wstring folder = std::to_wstring(id);
        const std::optional<std::string> line = content_of(open(folder + L"\\cmdline"));
        if (line && line->starts_with(wanted))
            return linux_process{id, open(folder + L"\\status")};
    }
    return std::nullopt;
}

std::optional<process_size> linux_process::size() const {
    const std::optional<std::string> status = content_of(status_);
    if (!status)
        return std::nullopt;
    const auto threads = number_after("\nThreads:", *status);
    const auto kibibytes = number_after("\nVmRSS:", *status);
    if (!threads || !kibibytes)
        return std::nullopt;
    return process_size{static_cast<unsigned>(*threads), *kibibytes * 1024};
}

std::optional<process_work> linux_process::work() const {
    const std::wstring folder = std::to_wstring(id_) + L"\\task\\";
    process_work result;
    for (const unsigned thread : numbers_in(folder)) {
        const auto line = content_of(open(folder + std::to_wstring(thread) + L"\\schedstat"));
        if (!line)
            continue; // the thread has just ended
        std::uint64_t on_processor = 0;
        std::uint64_t waiting = 0;
        std::uint64_t times = 0;
        std::istringstream text{*line};
        // A thread has got a processor at least once: a 0 means that Linux does not count.
        if (!(text >> on_processor >> waiting >> times) || times == 0)
            return std::nullopt;
        result.threads.insert(thread);
        result.processor_time += std::chrono::nanoseconds{on_processor};
        result.context_switches += times;
    }
    if (result.threads.empty())
        return std::nullopt;
    return result;
}

} // namespace comparison
