#include "switches.hpp"

#include "win32/process_list.hpp"
#include "win32/under_wine.hpp"
#include "win32/windows.hpp"

#include <winternl.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace inside {

namespace {

using threads = std::vector<std::pair<unsigned, switches>>; // by their numbers

// Windows has the count in its list of all processes, behind each process for its threads.
threads windows_threads() {
    threads result;
    const std::vector<char> all = win32::all_processes();
    const char* const at = win32::find_process(all, ::GetCurrentProcessId());
    if (at == nullptr)
        return result;
    SYSTEM_PROCESS_INFORMATION process;
    std::memcpy(&process, at, sizeof process);
    for (ULONG i = 0; i < process.NumberOfThreads; ++i) {
        SYSTEM_THREAD_INFORMATION thread;
        std::memcpy(&thread, at + sizeof process + i * sizeof thread, sizeof thread);
        // Reserved3 is ContextSwitches by its real name.
        result.push_back({HandleToULong(thread.ClientId.UniqueThread), {thread.Reserved3, 0}});
    }
    return result;
}

// ---- Under Wine a thread is one of Linux', which has the counts in /proc.

// Returns the numbers among the names in a folder: processes, or threads.
std::vector<unsigned> numbers_in(const std::filesystem::path& folder) {
    std::vector<unsigned> result;
    std::error_code error;
    for (std::filesystem::directory_iterator each{folder, error}, end; !error && each != end;
         each.increment(error)) {
        const std::string name = each->path().filename().string();
        unsigned number = 0;
        const auto [stopped, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (bad == std::errc{} && stopped == name.data() + name.size())
            result.push_back(number);
    }
    return result;
}

// Returns the folder of this process; empty if it is not found. Linux' own name for it, self, would
// be Wine's server, which opens the files. So this thread gets a name that no other one has: Wine
// hands it on to Linux, and there it is the name of the process.
std::filesystem::path own_folder() {
    const std::string name =
        "in-" + std::to_string((::GetCurrentProcessId() << 16 ^ ::GetTickCount()) % 100'000'000);
    // In the DLL, but not in every import library.
    using set_function = HRESULT WINAPI(HANDLE, PCWSTR);
    const FARPROC address =
        ::GetProcAddress(::GetModuleHandleW(L"kernelbase.dll"), "SetThreadDescription");
    auto* const set = reinterpret_cast<set_function*>(reinterpret_cast<void*>(address));
    if (set == nullptr ||
        FAILED(set(::GetCurrentThread(), std::wstring{name.begin(), name.end()}.c_str())))
        return {};
    const std::filesystem::path proc = L"Z:\\proc";
    for (const unsigned id : numbers_in(proc)) {
        std::string comm;
        std::getline(std::ifstream{proc / std::to_string(id) / "comm"}, comm);
        if (comm == name)
            return proc / std::to_string(id);
    }
    return {};
}

// Reads /proc/PROCESS/task/THREAD/status. All 0 if the thread has just ended.
switches read_switches(const std::filesystem::path& status) {
    switches result;
    std::ifstream file{status};
    for (std::string word; file >> word;) {
        if (word == "voluntary_ctxt_switches:")
            file >> result.waiting;
        else if (word == "nonvoluntary_ctxt_switches:")
            file >> result.preempted;
    }
    return result;
}

threads linux_threads() {
    static const std::filesystem::path folder = own_folder();
    threads result;
    if (!folder.empty())
        for (const unsigned id : numbers_in(folder / "task"))
            result.push_back({id, read_switches(folder / "task" / std::to_string(id) / "status")});
    return result;
}

threads own_threads() {
    return win32::under_wine() ? linux_threads() : windows_threads();
}

} // namespace

switch_counter::switch_counter() {
    for (const auto& [id, count] : own_threads())
        others_.insert(id);
}

std::optional<switches> switch_counter::count() const {
    if (others_.empty()) // not even this thread was there
        return std::nullopt;
    switches result;
    for (const auto& [id, count] : own_threads()) {
        if (others_.contains(id))
            continue;
        result.waiting += count.waiting;
        result.preempted += count.preempted;
    }
    return result;
}

} // namespace inside
