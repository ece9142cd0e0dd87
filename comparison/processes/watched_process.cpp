#include "watched_process.hpp"

#include "win32/error.hpp"
#include "win32/process_list.hpp"
#include "win32/under_wine.hpp"

#include <psapi.h>
#include <winternl.h>

#include <cstring>
#include <vector>

namespace comparison {

namespace {

std::chrono::nanoseconds processor_time(HANDLE process) {
    FILETIME created;
    FILETIME ended;
    FILETIME kernel;
    FILETIME user;
    if (!::GetProcessTimes(process, &created, &ended, &kernel, &user))
        win32::throw_last_error("GetProcessTimes");
    const auto time = [](const FILETIME& parts) {
        const std::uint64_t units =
            (std::uint64_t{parts.dwHighDateTime} << 32) | parts.dwLowDateTime;
        return std::chrono::nanoseconds{units * 100};
    };
    return time(kernel) + time(user);
}

// Adds the threads of `id` and their context switches. In the list, threads follow their process.
void add_threads(DWORD id, process_work& work) {
    const std::vector<char> all = win32::all_processes();
    const char* const at = win32::find_process(all, id);
    if (at == nullptr)
        return;
    SYSTEM_PROCESS_INFORMATION process;
    std::memcpy(&process, at, sizeof process);
    for (ULONG i = 0; i < process.NumberOfThreads; ++i) {
        SYSTEM_THREAD_INFORMATION thread;
        std::memcpy(&thread, at + sizeof process + i * sizeof thread, sizeof thread);
        work.threads.insert(HandleToULong(thread.ClientId.UniqueThread));
        work.context_switches += thread.Reserved3; // ContextSwitches, by its real name
    }
}

} // namespace

watched_process::watched_process(DWORD id, const std::wstring& name)
    : id_{id}, process_{::OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, id)} {
    if (!process_)
        win32::throw_last_error("OpenProcess", std::to_string(id));
    if (win32::under_wine())
        linux_ = linux_process::find(name);
}

process_size watched_process::size() const {
    if (linux_)
        if (const std::optional<process_size> result = linux_->size())
            return *result;
    process_size result;
    result.threads = static_cast<unsigned>(win32::threads_of(id_).size());
    PROCESS_MEMORY_COUNTERS memory{};
    if (!::GetProcessMemoryInfo(process_.get(), &memory, sizeof memory))
        win32::throw_last_error("GetProcessMemoryInfo");
    result.resident = memory.WorkingSetSize;
    return result;
}

std::optional<process_work> watched_process::work() const {
    if (linux_)
        return linux_->work();
    if (win32::under_wine())
        return std::nullopt;
    process_work result;
    result.processor_time = processor_time(process_.get());
    add_threads(id_, result);
    return result;
}

} // namespace comparison
