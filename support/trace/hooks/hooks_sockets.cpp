// Sockets as Berkeley made them.

#include "hooks.hpp"
#include "trace/log/span.hpp"

namespace trace {

namespace {

SOCKET WSAAPI hook_accept(SOCKET listener, sockaddr* address, int* size) {
    span span{call::accept, listener};
    const SOCKET result = original<call::accept>(::accept)(listener, address, size);
    span.returned(result != INVALID_SOCKET);
    return result;
}

int WSAAPI hook_connect(SOCKET socket, const sockaddr* address, int size) {
    span span{call::connect, socket};
    const int result = original<call::connect>(::connect)(socket, address, size);
    span.returned(result == 0);
    return result;
}

int WSAAPI hook_recv(SOCKET socket, char* buffer, int size, int flags) {
    span span{call::recv, socket};
    const int result = original<call::recv>(::recv)(socket, buffer, size, flags);
    span.returned(result != SOCKET_ERROR);
    if (result != SOCKET_ERROR)
        span.moved(static_cast<DWORD>(result));
    return result;
}

int WSAAPI hook_send(SOCKET socket, const char* buffer, int size, int flags) {
    span span{call::send, socket};
    const int result = original<call::send>(::send)(socket, buffer, size, flags);
    span.returned(result != SOCKET_ERROR);
    if (result != SOCKET_ERROR)
        span.moved(static_cast<DWORD>(result));
    return result;
}

// Microsoft's header promises not to change the limit (const timeval*), MinGW's does not.
template <class Limit>
int WSAAPI hook_select(int ignored, fd_set* readable, fd_set* writable, fd_set* failed,
                       Limit limit) {
    span span{call::select, HANDLE{nullptr}};
    if (limit != nullptr && limit->tv_sec == 0 && limit->tv_usec == 0)
        span.patience(0);
    const int result = original<call::select>(::select)(ignored, readable, writable, failed, limit);
    span.returned(result != SOCKET_ERROR);
    if (result == 0)
        span.timed_out();
    return result;
}

int WSAAPI hook_WSAPoll(LPWSAPOLLFD sockets, ULONG count, INT milliseconds) {
    span span{call::WSAPoll, HANDLE{nullptr}};
    span.patience(static_cast<DWORD>(milliseconds));
    const int result = original<call::WSAPoll>(::WSAPoll)(sockets, count, milliseconds);
    span.returned(result != SOCKET_ERROR);
    if (result == 0)
        span.timed_out();
    return result;
}

int WSAAPI hook_ioctlsocket(SOCKET socket, long command, u_long* argument) {
    span span{call::ioctlsocket, socket};
    const int result = original<call::ioctlsocket>(::ioctlsocket)(socket, command, argument);
    span.returned(result == 0);
    return result;
}

int WSAAPI hook_closesocket(SOCKET socket) {
    span span{call::closesocket, socket};
    const int result = original<call::closesocket>(::closesocket)(socket);
    span.returned(result == 0);
    return result;
}

int WSAAPI hook_shutdown(SOCKET socket, int how) {
    span span{call::shutdown, socket};
    const int result = original<call::shutdown>(::shutdown)(socket, how);
    span.returned(result == 0);
    return result;
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
