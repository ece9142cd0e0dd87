// Wraps the calls of Berkeley's sockets.

#include "hooks.hpp"

namespace trace {

namespace {

SOCKET WSAAPI hook_accept(SOCKET listener, sockaddr* address, int* size) {
    recorded_call recorded{call::accept, listener};
    return recorded.returned(INVALID_SOCKET,
                             original<call::accept>(::accept)(listener, address, size));
}

int WSAAPI hook_connect(SOCKET socket, const sockaddr* address, int size) {
    recorded_call recorded{call::connect, socket};
    return recorded.returned(SOCKET_ERROR,
                             original<call::connect>(::connect)(socket, address, size));
}

int WSAAPI hook_recv(SOCKET socket, char* buffer, int size, int flags) {
    recorded_call recorded{call::recv, socket};
    const int result =
        recorded.returned(SOCKET_ERROR, original<call::recv>(::recv)(socket, buffer, size, flags));
    if (result != SOCKET_ERROR)
        recorded.moved(static_cast<DWORD>(result));
    return result;
}

int WSAAPI hook_send(SOCKET socket, const char* buffer, int size, int flags) {
    recorded_call recorded{call::send, socket};
    const int result =
        recorded.returned(SOCKET_ERROR, original<call::send>(::send)(socket, buffer, size, flags));
    if (result != SOCKET_ERROR)
        recorded.moved(static_cast<DWORD>(result));
    return result;
}

// A template because Microsoft's header declares the limit as const timeval*, and MinGW's as
// timeval*.
template <class Limit>
int WSAAPI hook_select(int ignored, fd_set* readable, fd_set* writable, fd_set* failed,
                       Limit limit) {
    recorded_call recorded{call::select, HANDLE{nullptr}};
    if (limit != nullptr && limit->tv_sec == 0 && limit->tv_usec == 0)
        recorded.patience(0);
    const int result = recorded.returned(
        SOCKET_ERROR, original<call::select>(::select)(ignored, readable, writable, failed, limit));
    if (result == 0)
        recorded.timed_out();
    return result;
}

int WSAAPI hook_WSAPoll(LPWSAPOLLFD sockets, ULONG count, INT milliseconds) {
    recorded_call recorded{call::WSAPoll, HANDLE{nullptr}};
    recorded.patience(static_cast<DWORD>(milliseconds));
    const int result = recorded.returned(
        SOCKET_ERROR, original<call::WSAPoll>(::WSAPoll)(sockets, count, milliseconds));
    if (result == 0)
        recorded.timed_out();
    return result;
}

int WSAAPI hook_ioctlsocket(SOCKET socket, long command, u_long* argument) {
    recorded_call recorded{call::ioctlsocket, socket};
    return recorded.returned(SOCKET_ERROR,
                             original<call::ioctlsocket>(::ioctlsocket)(socket, command, argument));
}

int WSAAPI hook_closesocket(SOCKET socket) {
    recorded_call recorded{call::closesocket, socket};
    return recorded.returned(SOCKET_ERROR, original<call::closesocket>(::closesocket)(socket));
}

int WSAAPI hook_shutdown(SOCKET socket, int how) {
    recorded_call recorded{call::shutdown, socket};
    return recorded.returned(SOCKET_ERROR, original<call::shutdown>(::shutdown)(socket, how));
}

} // namespace

std::span<const hook> socket_hooks() noexcept {
    static const hook hooks[] = {
        make_hook(call::accept, ::accept, hook_accept),
        make_hook(call::connect, ::connect, hook_connect),
        make_hook(call::recv, ::recv, hook_recv),
        make_hook(call::send, ::send, hook_send),
        make_hook(call::select, ::select, hook_select),
        make_hook(call::WSAPoll, ::WSAPoll, hook_WSAPoll),
        make_hook(call::ioctlsocket, ::ioctlsocket, hook_ioctlsocket),
        make_hook(call::closesocket, ::closesocket, hook_closesocket),
        make_hook(call::shutdown, ::shutdown, hook_shutdown),
    };
    return hooks;
}

} // namespace trace
