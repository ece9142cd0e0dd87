#include "faults.hpp"

#include "testing/failures/planned_failures.hpp"
#include "testing/machine/live_memory.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/windows.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace iocp_test {

namespace {

constexpr std::size_t index_of(fault what) noexcept {
    return static_cast<std::size_t>(what);
}

struct fault_info {
    const char* name;
    const wchar_t* library; // the library that exports it; null: it is in no import table
    DWORD error;            // the error with which it fails
};

// One entry for each fault, in the order of the enumeration. The errors are those that Windows'
// documents name for the call, or that stand for a shortage.
constexpr std::array<fault_info, fault_count> table{{
    {"AcceptEx", nullptr, WSAENOBUFS},
    {"CancelIoEx", L"kernel32.dll", ERROR_NOT_ENOUGH_MEMORY},
    {"CreateIoCompletionPort", L"kernel32.dll", ERROR_NO_SYSTEM_RESOURCES},
    {"GetQueuedCompletionStatusEx", L"kernel32.dll", ERROR_NO_SYSTEM_RESOURCES},
    {"PostQueuedCompletionStatus", L"kernel32.dll", ERROR_NOT_ENOUGH_QUOTA},
    {"ReadFile", L"kernel32.dll", ERROR_NOT_ENOUGH_MEMORY},
    {"SetFileCompletionNotificationModes", L"kernel32.dll", ERROR_INVALID_PARAMETER},
    {"WSAIoctl", L"ws2_32.dll", WSAENETDOWN},
    {"WSARecv", L"ws2_32.dll", WSAENOBUFS},
    {"WSASend", L"ws2_32.dll", WSAENOBUFS},
    {"WSASocketW", L"ws2_32.dll", WSAEMFILE},
    {"bind", L"ws2_32.dll", WSAENOBUFS},
    {"getsockname", L"ws2_32.dll", WSAENETDOWN},
    {"getsockopt", L"ws2_32.dll", WSAENETDOWN},
    {"ioctlsocket", L"ws2_32.dll", WSAENETDOWN},
    {"listen", L"ws2_32.dll", WSAENOBUFS},
    {"setsockopt", L"ws2_32.dll", WSAENOBUFS},
    {"shutdown", L"ws2_32.dll", WSAENETDOWN},
    {"completion", nullptr, 0},
    {"operator_new", nullptr, 0},
}};

std::array<std::atomic<void*>, fault_count> originals{};

// The fault that is planned, and its times.
std::atomic<fault> planned{};
harness::planned_failures failures;

thread_local bool spared = false;

bool is_due(fault what) noexcept {
    return !spared && what == planned && failures.is_due();
}

template <fault Which, class Result, class... Arguments>
Result pass_on(Arguments... arguments) {
    using function = Result(WINAPI*)(Arguments...);
    return reinterpret_cast<function>(originals[index_of(Which)].load())(arguments...);
}

template <fault Which, class Result, class... Arguments>
Result WINAPI fail_or_pass_on(Arguments... arguments) {
    if (!is_due(Which))
        return pass_on<Which, Result>(arguments...);
    const fault_info& about = table[index_of(Which)];
    ::SetLastError(about.error); // WSAGetLastError() returns the same
    if constexpr (std::is_pointer_v<Result>) {
        return nullptr;
    } else {
        // Winsock's functions fail with SOCKET_ERROR or INVALID_SOCKET, all others with FALSE.
        const bool of_winsock = about.library != nullptr && about.library[0] == L'w';
        return static_cast<Result>(of_winsock ? -1 : 0);
    }
}

template <class Result, class... Arguments>
trace::hook make_hook(fault which, Result(WINAPI*)(Arguments...),
                      std::type_identity_t<Result(WINAPI*)(Arguments...)> replacement) {
    const fault_info& about = table[index_of(which)];
    return {about.name, about.library, reinterpret_cast<void*>(replacement),
            &originals[index_of(which)]};
}

template <fault Which, class Result, class... Arguments>
trace::hook hook_of(Result(WINAPI* function)(Arguments...)) {
    return make_hook(Which, function, fail_or_pass_on<Which, Result, Arguments...>);
}

// Replaces AcceptEx, which is in no import table: the program asks for it with this call.
int WSAAPI ioctl_with_accept(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                             DWORD out_size, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    const int result = fail_or_pass_on<fault::WSAIoctl, int>(socket, code, in, in_size, out,
                                                             out_size, bytes, overlapped, routine);
    const GUID accept_ex = WSAID_ACCEPTEX;
    if (result != 0 || code != SIO_GET_EXTENSION_FUNCTION_POINTER ||
        std::memcmp(in, &accept_ex, sizeof accept_ex) != 0)
        return result;
    LPFN_ACCEPTEX function = nullptr;
    std::memcpy(&function, out, sizeof function);
    originals[index_of(fault::AcceptEx)] = reinterpret_cast<void*>(function);
    function = fail_or_pass_on<fault::AcceptEx, BOOL>;
    std::memcpy(out, &function, sizeof function);
    return 0;
}

// Changes results: an operation whose packet has been collected is the program's again.
BOOL WINAPI collect_with_failures(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, PULONG count,
                                  DWORD milliseconds, BOOL alertable) {
    constexpr ULONG_PTR status_insufficient_resources = 0xC000009A;
    if (!fail_or_pass_on<fault::GetQueuedCompletionStatusEx, BOOL>(port, entries, room, count,
                                                                   milliseconds, alertable))
        return FALSE;
    for (OVERLAPPED_ENTRY& each : std::span{entries, *count})
        if (each.lpOverlapped != nullptr && is_due(fault::completion)) {
            each.lpOverlapped->Internal = status_insufficient_resources;
            each.lpOverlapped->InternalHigh = 0;
            each.dwNumberOfBytesTransferred = 0;
        }
    return TRUE;
}

std::span<const trace::hook> hooks() {
    static const trace::hook list[] = {
        hook_of<fault::CancelIoEx>(::CancelIoEx),
        hook_of<fault::CreateIoCompletionPort>(::CreateIoCompletionPort),
        make_hook(fault::GetQueuedCompletionStatusEx, ::GetQueuedCompletionStatusEx,
                  collect_with_failures),
        hook_of<fault::PostQueuedCompletionStatus>(::PostQueuedCompletionStatus),
        hook_of<fault::ReadFile>(::ReadFile),
        hook_of<fault::SetFileCompletionNotificationModes>(::SetFileCompletionNotificationModes),
        make_hook(fault::WSAIoctl, ::WSAIoctl, ioctl_with_accept),
        hook_of<fault::WSARecv>(::WSARecv),
        hook_of<fault::WSASend>(::WSASend),
        hook_of<fault::WSASocketW>(::WSASocketW),
        hook_of<fault::bind>(::bind),
        hook_of<fault::getsockname>(::getsockname),
        hook_of<fault::getsockopt>(::getsockopt),
        hook_of<fault::ioctlsocket>(::ioctlsocket),
        hook_of<fault::listen>(::listen),
        hook_of<fault::setsockopt>(::setsockopt),
        hook_of<fault::shutdown>(::shutdown),
    };
    return list;
}

} // namespace

const char* name_of(fault what) noexcept {
    return table[index_of(what)].name;
}

struct faults::patched {
    std::array<std::span<const trace::hook>, 1> groups{hooks()};
    trace::import_patch patch{groups};
};

faults::faults(fault what, unsigned first, unsigned count) : patched_{std::make_unique<patched>()} {
    planned = what;
    failures.plan(first, count);
    spared = true;
    harness::set_allocation_gate([]() noexcept { return !is_due(fault::operator_new); });
}

faults::~faults() {
    harness::set_allocation_gate(nullptr);
    spared = false;
}

unsigned faults::happened() const noexcept {
    return failures.happened();
}

faults::exposure::exposure() noexcept {
    spared = false;
}

faults::exposure::~exposure() {
    spared = true;
}

} // namespace iocp_test
