#include "switches.hpp"

#include "win32/linux_proc.hpp"
#include "win32/process_list.hpp"
#include "win32/under_wine.hpp"
#include "win32/windows.hpp"

#include <winternl.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
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

// Returns the folder of this process, with a backslash at the end; empty if it is not found. Linux'
// own name for it, self, would be Wine's server, which opens the files. So the calling thread, the
// first one, gets a name that hardly another one has: Wine hands it on to Linux, and there it is
// the name of the process.
std::wstring own_folder() {
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
    const std::optional<unsigned> id = win32::proc::find(L"comm", name + "\n");
    return id ? std::to_wstring(*id) + L"\\" : std::wstring{};
}

threads linux_threads() {
    static const std::wstring folder = own_folder();
    threads result;
    if (folder.empty())
        return result;
    for (const unsigned id : win32::proc::numbers_in(folder + L"task\\")) {
        const auto status = win32::proc::content_of(
            win32::proc::open(folder + L"task\\" + std::to_wstring(id) + L"\\status"));
        const auto number = [&](std::string_view key) { // 0 if the thread has just ended
            return win32::proc::number_after(key, status.value_or("")).value_or(0);
        };
        result.push_back(
            {id, {number("\nvoluntary_ctxt_switches:"), number("\nnonvoluntary_ctxt_switches:")}});
    }
    return result;
}

threads own_threads() {
    return win32::under_wine() ? linux_threads() : windows_threads();
}

} // namespace

switch_counter::switch_counter() {
    for (const auto& [id, its] : own_threads())
        others_.insert(id);
}

std::optional<switches> switch_counter::count() const {
    if (others_.empty()) // not even this thread was there
        return std::nullopt;
    switches result;
    for (const auto& [id, its] : own_threads()) {
        if (others_.contains(id))
            continue;
        result.waiting += its.waiting;
        result.preempted += its.preempted;
    }
    return result;
}

} // namespace inside
