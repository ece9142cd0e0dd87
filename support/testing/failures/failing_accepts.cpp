#include "failing_accepts.hpp"

#include "planned_failures.hpp"
#include "win32/error.hpp"
#include "win32/windows.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <variant>

namespace harness {

namespace {

// The status in the OVERLAPPED, and the errors that accept and the port make of it.
struct failure {
    ULONG_PTR status;
    int of_accept;
    DWORD of_port;
};
constexpr failure client_is_gone{0xC000020D, WSAECONNRESET, ERROR_NETNAME_DELETED};
constexpr failure no_more_sockets{0xC000011F, WSAEMFILE, ERROR_TOO_MANY_OPEN_FILES};

std::atomic<const failure*> planned{nullptr};
planned_failures failures;

std::atomic<void*> original_accept{nullptr};
std::atomic<void*> original_associate{nullptr};
std::atomic<void*> original_bind{nullptr};
std::atomic<void*> original_ioctl{nullptr};
std::atomic<void*> original_take{nullptr};
std::atomic<LPFN_ACCEPTEX> original_accept_ex{nullptr};

// The destination of a socket's packets: a port of the server's, or a callback on a thread pool.
struct own_port {
    HANDLE port;
    ULONG_PTR key;
};
struct pool_callback {
    PTP_WIN32_IO_CALLBACK function;
    void* context;
    PTP_CALLBACK_ENVIRON environment; // the server keeps it, for its sessions
    PTP_IO io;
};
using place = std::variant<own_port, pool_callback>;
std::mutex places_mutex;
std::map<HANDLE, place> places;

void complete(const own_port& where, OVERLAPPED* overlapped) {
    ::PostQueuedCompletionStatus(where.port, 0, where.key, overlapped);
}

// Calls back in the pool's stead, on a thread of the pool. The server has announced an operation to
// the pool, which is taken back.
void complete(const pool_callback& where, OVERLAPPED* overlapped) {
    struct failed_accept {
        pool_callback of;
        OVERLAPPED* overlapped;
        DWORD error;
    };
    auto what =
        std::make_unique<failed_accept>(failed_accept{where, overlapped, planned.load()->of_port});
    const PTP_SIMPLE_CALLBACK call_back = [](PTP_CALLBACK_INSTANCE instance, void* context) {
        const std::unique_ptr<failed_accept> failed{static_cast<failed_accept*>(context)};
        const pool_callback& of = failed->of;
        of.function(instance, of.context, failed->overlapped, failed->error, 0, of.io);
    };
    if (!::TrySubmitThreadpoolCallback(call_back, what.get(), where.environment))
        win32::throw_last_error("TrySubmitThreadpoolCallback");
    static_cast<void>(what.release()); // the callback owns it
    ::CancelThreadpoolIo(where.io);
}

SOCKET WSAAPI failing_accept(SOCKET listener, sockaddr* address, int* size) {
    if (!failures.is_due())
        return reinterpret_cast<decltype(&::accept)>(original_accept.load())(listener, address,
                                                                             size);
    ::WSASetLastError(planned.load()->of_accept);
    return INVALID_SOCKET;
}

BOOL PASCAL failing_accept_ex(SOCKET listener, SOCKET socket, void* addresses, DWORD data_size,
                              DWORD local_size, DWORD remote_size, DWORD* bytes,
                              OVERLAPPED* overlapped) {
    if (!failures.is_due())
        return original_accept_ex.load()(listener, socket, addresses, data_size, local_size,
                                         remote_size, bytes, overlapped);
    overlapped->Internal = planned.load()->status;
    overlapped->InternalHigh = 0;
    if (overlapped->hEvent != nullptr) {
        ::SetEvent(overlapped->hEvent);
    } else {
        const std::lock_guard lock{places_mutex};
        std::visit([overlapped](const auto& where) { complete(where, overlapped); },
                   places.at(reinterpret_cast<HANDLE>(listener)));
    }
    ::WSASetLastError(ERROR_IO_PENDING);
    return FALSE;
}

// Hands out failing_accept_ex: AcceptEx is in no import table, and a server asks for it here.
int WSAAPI ioctl(SOCKET socket, DWORD code, void* in, DWORD in_size, void* out, DWORD out_size,
                 DWORD* bytes, WSAOVERLAPPED* overlapped,
                 LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    const int result = reinterpret_cast<decltype(&::WSAIoctl)>(original_ioctl.load())(
        socket, code, in, in_size, out, out_size, bytes, overlapped, routine);
    const GUID accept_ex = WSAID_ACCEPTEX;
    if (result != 0 || code != SIO_GET_EXTENSION_FUNCTION_POINTER ||
        std::memcmp(in, &accept_ex, sizeof accept_ex) != 0)
        return result;
    LPFN_ACCEPTEX function = nullptr;
    std::memcpy(&function, out, sizeof function);
    original_accept_ex = function;
    function = failing_accept_ex;
    std::memcpy(out, &function, sizeof function);
    return 0;
}

HANDLE WINAPI associate(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads) {
    const HANDLE result = reinterpret_cast<decltype(&::CreateIoCompletionPort)>(
        original_associate.load())(file, port, key, threads);
    const DWORD error = ::GetLastError();
    if (result != nullptr && file != INVALID_HANDLE_VALUE) {
        const std::lock_guard lock{places_mutex};
        places[file] = own_port{result, key};
    }
    ::SetLastError(error);
    return result;
}

PTP_IO WINAPI bind_to_pool(HANDLE file, PTP_WIN32_IO_CALLBACK callback, void* context,
                           PTP_CALLBACK_ENVIRON environment) {
    const PTP_IO result = reinterpret_cast<decltype(&::CreateThreadpoolIo)>(original_bind.load())(
        file, callback, context, environment);
    const DWORD error = ::GetLastError();
    if (result != nullptr) {
        const std::lock_guard lock{places_mutex};
        places[file] = pool_callback{callback, context, environment, result};
    }
    ::SetLastError(error);
    return result;
}

// Makes the packets of failures fail: a posted packet is always good, and that of an operation that
// has failed is not.
BOOL WINAPI take(HANDLE port, DWORD* bytes, ULONG_PTR* key, OVERLAPPED** overlapped,
                 DWORD milliseconds) {
    const BOOL result = reinterpret_cast<decltype(&::GetQueuedCompletionStatus)>(
        original_take.load())(port, bytes, key, overlapped, milliseconds);
    for (const failure& each : {client_is_gone, no_more_sockets})
        if (result && *overlapped != nullptr && (*overlapped)->Internal == each.status) {
            ::SetLastError(each.of_port);
            return FALSE;
        }
    return result;
}

const std::array<trace::hook, 5> hooks{{
    {"accept", L"ws2_32.dll", reinterpret_cast<void*>(failing_accept), &original_accept},
    {"CreateIoCompletionPort", L"kernel32.dll", reinterpret_cast<void*>(associate),
     &original_associate},
    {"CreateThreadpoolIo", L"kernel32.dll", reinterpret_cast<void*>(bind_to_pool), &original_bind},
    {"GetQueuedCompletionStatus", L"kernel32.dll", reinterpret_cast<void*>(take), &original_take},
    {"WSAIoctl", L"ws2_32.dll", reinterpret_cast<void*>(ioctl), &original_ioctl},
}};
const std::span<const trace::hook> group{hooks};

} // namespace

failing_accepts::failing_accepts(accept_failure why, unsigned count) {
    planned = why == accept_failure::of_the_client ? &client_is_gone : &no_more_sockets;
    failures.plan(1, count);
    patch_.emplace(std::span{&group, 1});
}

failing_accepts::~failing_accepts() {
    end();
}

void failing_accepts::end() noexcept {
    failures.end();
}

unsigned failing_accepts::happened() const noexcept {
    return failures.happened();
}

} // namespace harness
