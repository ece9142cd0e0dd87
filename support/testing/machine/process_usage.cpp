#include "process_usage.hpp"

#include "deadline.hpp"
#include "win32/ntdll.hpp"
#include "win32/process_list.hpp"
#include "win32/under_wine.hpp"
#include "win32/unique_resource.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <winternl.h>

namespace harness {

namespace {

// The module that has the function with which a thread began; null if the system does not say.
HMODULE module_where_it_began(HANDLE thread) {
    static const auto query = win32::ntdll_function<LONG WINAPI(HANDLE, int, void*, ULONG, ULONG*)>(
        "NtQueryInformationThread");
    constexpr int thread_query_set_win32_start_address = 9;
    const void* start = nullptr;
    HMODULE module = nullptr;
    if (query(thread, thread_query_set_win32_start_address, &start, sizeof start, nullptr) != 0 ||
        !::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                  GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                              static_cast<LPCWSTR>(start), &module))
        return nullptr;
    return module;
}

// The module in which a std::thread begins: the C run-time library, or that of a sanitizer. Its
// file depends on the compiler, so a thread is asked.
HMODULE module_that_starts_threads() {
    static const HMODULE result = [] {
        HMODULE module = nullptr;
        std::thread{[&module] {
            module = module_where_it_began(::GetCurrentThread());
        }}.join();
        return module;
    }();
    return result;
}

// The system's DLLs have threads of their own, which outlive the work that they were started for.
// Those of ntdll load DLLs and serve the pool of threads; mswsock, the part of Winsock that makes
// the calls, starts one for connects on non-blocking sockets (public stack traces show it, no
// document does). No stop() can join them, so no server is to blame for them.
bool belongs_to_the_program(HANDLE thread) {
    const HMODULE module = module_where_it_began(thread);
    return module == nullptr || module == ::GetModuleHandleW(nullptr) ||
           module == module_that_starts_threads();
}

// The number in the system's list of all processes. GetProcessHandleCount would give the same, but
// gives 0 under Wine. Wine's number here is the size of the table of handles, in use or not.
std::size_t count_handles() {
    const std::vector<char> all = win32::all_processes();
    const char* const at = win32::find_process(all, ::GetCurrentProcessId());
    if (at == nullptr)
        throw std::runtime_error{"the system does not know this process"};
    SYSTEM_PROCESS_INFORMATION process;
    std::memcpy(&process, at, sizeof process);
    return process.HandleCount;
}

// Every handle of this process. The system has a list of all handles of all processes, but a
// request for it crashes Wine's server when another process starts or ends meanwhile. So each
// possible handle is tried: they are small numbers, multiples of four, and the system says whether
// there is such a one.
std::vector<HANDLE> all_handles() {
    constexpr std::uintptr_t beyond_any_test = 0x40000;
    const std::size_t count = count_handles();
    const std::uintptr_t last = win32::under_wine() ? 4 * count : beyond_any_test;
    std::vector<HANDLE> result;
    for (std::uintptr_t value = 4; value <= last && result.size() < count; value += 4) {
        const HANDLE handle = reinterpret_cast<HANDLE>(value);
        DWORD flags = 0;
        if (::GetHandleInformation(handle, &flags))
            result.push_back(handle);
    }
    return result;
}

// The handles that the process was started with: those that it inherited, for nothing else is
// inheritable before main() begins; and its standard streams. No socket of ours is among them. (A
// socket that is made later may be inheritable, so it is too late to look then.)
const std::vector<HANDLE> handles_at_start = [] {
    const HANDLE streams[] = {::GetStdHandle(STD_INPUT_HANDLE), ::GetStdHandle(STD_OUTPUT_HANDLE),
                              ::GetStdHandle(STD_ERROR_HANDLE)};
    std::vector<HANDLE> result = all_handles();
    std::erase_if(result, [&](HANDLE handle) {
        DWORD flags = 0;
        const bool inherited =
            ::GetHandleInformation(handle, &flags) && (flags & HANDLE_FLAG_INHERIT) != 0;
        return !inherited && std::ranges::find(streams, handle) == std::end(streams);
    });
    return result;
}();

// A file, pipe or console that was opened for synchronous use serves one call at a time. While a
// read is under way, perhaps in another process, a question about it waits until the read is done:
// GetFileType waits, and so does a call of Winsock, which goes on to the handle's driver. Handles
// that other processes may use as well are therefore not asked at all.
bool is_socket(HANDLE handle) {
    if (std::ranges::find(handles_at_start, handle) != handles_at_start.end())
        return false;
    if (::GetFileType(handle) != FILE_TYPE_PIPE) // sockets count as pipes
        return false;
    int type = 0;
    int size = sizeof type;
    return ::getsockopt(reinterpret_cast<SOCKET>(handle), SOL_SOCKET, SO_TYPE,
                        reinterpret_cast<char*>(&type), &size) == 0;
}

// Winsock opens handles of its own at its first use, and keeps them: that must not happen between
// two measurements.
void make_winsock_open_what_it_needs() {
    static const bool done = is_socket(reinterpret_cast<HANDLE>(win32::make_tcp_socket().get()));
    static_cast<void>(done);
}

} // namespace

std::size_t count_threads() {
    std::size_t result = 0;
    for (const DWORD id : win32::threads_of(::GetCurrentProcessId())) {
        // A thread that has been joined has ended, and yet the snapshot may still name it.
        const win32::unique_handle thread{
            ::OpenThread(SYNCHRONIZE | THREAD_QUERY_INFORMATION, FALSE, id)};
        if (thread && ::WaitForSingleObject(thread.get(), 0) == WAIT_TIMEOUT &&
            belongs_to_the_program(thread.get()))
            ++result;
    }
    return result;
}

process_usage measure_process() {
    make_winsock_open_what_it_needs();
    process_usage result;
    result.threads = count_threads();
    const std::vector<HANDLE> handles = all_handles();
    result.handles = handles.size();
    result.sockets = static_cast<std::size_t>(std::ranges::count_if(handles, is_socket));
    return result;
}

bool is_within(const process_usage& now, const process_usage& before, std::size_t few) noexcept {
    return now.threads <= before.threads + few && now.sockets <= before.sockets + few &&
           now.handles <= before.handles + few;
}

process_usage wait_for_usage_within(const process_usage& before, std::size_t few) {
    process_usage now;
    wait_until([&] {
        now = measure_process();
        return is_within(now, before, few);
    });
    return now;
}

std::vector<SOCKET> listeners_on(std::uint16_t port) {
    std::vector<SOCKET> result;
    for (const HANDLE handle : all_handles()) {
        if (!is_socket(handle))
            continue;
        const SOCKET socket = reinterpret_cast<SOCKET>(handle);
        DWORD listens = 0;
        int size = sizeof listens;
        if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, reinterpret_cast<char*>(&listens),
                         &size) != 0 ||
            listens == 0)
            continue;
        SOCKADDR_INET address{};
        size = sizeof address;
        if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
            win32::port_of(address) == port)
            result.push_back(socket);
    }
    return result;
}

std::ostream& operator<<(std::ostream& out, const process_usage& usage) {
    return out << usage.threads << " threads, " << usage.sockets << " sockets, " << usage.handles
               << " handles";
}

} // namespace harness
