// Wraps Winsock's own calls, which may be overlapped.

#include "hooks.hpp"

namespace trace {

namespace {

// The system calls this in place of the program's routine.
void CALLBACK run_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags) {
    const recorded_routine recorded{overlapped, bytes, error};
    recorded.routine<LPWSAOVERLAPPED_COMPLETION_ROUTINE>()(error, bytes, overlapped, flags);
}

// A WSARecv or WSASend, whose routine may be changed before it is passed on.
struct transfer {
    transfer(recorded_call& of, call which, LPDWORD moved, LPWSAOVERLAPPED overlapped,
             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
        : caller{of}, bytes{moved}, operation{overlapped}, called{routine} {
        if (overlapped != nullptr && routine != nullptr &&
            remember_routine(overlapped, reinterpret_cast<void*>(routine), which))
            called = run_routine;
        caller.issues(overlapped);
    }
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    int returned(int result) {
        caller.returned(SOCKET_ERROR, result);
        tell_bytes(caller, result == 0, bytes);
        if (result == 0 && called != nullptr)
            caller.started(); // even if it is done: its routine is still to come
        else if (called == run_routine && caller.error() != WSA_IO_PENDING)
            forget_routine(operation);
        return result;
    }

    recorded_call& caller;
    const DWORD* bytes; // where the program has asked for their number
    LPWSAOVERLAPPED operation;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE called;
};

int WSAAPI hook_WSARecv(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD received,
                        LPDWORD flags, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    recorded_call recorded{call::WSARecv, socket};
    transfer transfer{recorded, call::WSARecv, received, overlapped, routine};
    return transfer.returned(original<call::WSARecv>(::WSARecv)(
        socket, buffers, count, received, flags, overlapped, transfer.called));
}

int WSAAPI hook_WSASend(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                        LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    recorded_call recorded{call::WSASend, socket};
    transfer transfer{recorded, call::WSASend, sent, overlapped, routine};
    return transfer.returned(original<call::WSASend>(::WSASend)(socket, buffers, count, sent, flags,
                                                                overlapped, transfer.called));
}

BOOL WSAAPI hook_WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD bytes,
                                        BOOL wait, LPDWORD flags) {
    recorded_call recorded{call::WSAGetOverlappedResult, socket};
    recorded.patience(wait ? INFINITE : 0);
    const BOOL good =
        recorded.returned(FALSE, original<call::WSAGetOverlappedResult>(::WSAGetOverlappedResult)(
                                     socket, overlapped, bytes, wait, flags));
    if (good || recorded.error() != WSA_IO_INCOMPLETE)
        recorded.collected(overlapped, good ? *bytes : 0, good ? 0 : recorded.error());
    return good;
}

} // namespace

std::span<const hook> overlapped_socket_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::WSARecv, ::WSARecv, hook_WSARecv),
        make_hook(call::WSASend, ::WSASend, hook_WSASend),
        make_hook(call::WSAGetOverlappedResult, ::WSAGetOverlappedResult,
                  hook_WSAGetOverlappedResult),
    };
    return hooks;
}

} // namespace trace
