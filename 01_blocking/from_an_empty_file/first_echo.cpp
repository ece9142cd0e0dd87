// An echo server for one client at a time. It needs Windows and the standard library, and no other
// file of this tutorial.
//! [headers]
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <winsock2.h>

#include <ws2tcpip.h>

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cwchar>
//! [headers]

//! [errors]
static void report(const char* call, int error) {
    std::fprintf(stderr, "first_echo: %s failed with error %d\n", call, error);
}

[[noreturn]] static void fail(const char* call, int error) {
    report(call, error);
    std::exit(1);
}
//! [errors]

//! [serve]
static void serve(SOCKET client) {
    char buffer[4096];
    for (;;) {
        const int received = ::recv(client, buffer, sizeof buffer, 0);
        if (received == SOCKET_ERROR)
            return report("recv", ::WSAGetLastError());
        if (received == 0)
            return; // the client has finished sending
        for (int sent = 0; sent < received;) {
            const int part = ::send(client, buffer + sent, received - sent, 0);
            if (part == SOCKET_ERROR)
                return report("send", ::WSAGetLastError());
            sent += part;
        }
    }
}
//! [serve]

//! [listen]
static SOCKET listen_on(u_short port) {
    const SOCKET listener = ::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET)
        fail("socket", ::WSAGetLastError());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK); // 127.0.0.1, this machine alone
    address.sin_port = ::htons(port);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("bind", ::WSAGetLastError());
    if (::listen(listener, SOMAXCONN) != 0)
        fail("listen", ::WSAGetLastError());
    return listener;
}
//! [listen]

//! [program]
// Runs on a thread that Windows starts for it, beside the one that serves.
static BOOL WINAPI on_ctrl_c(DWORD) {
    ::ExitProcess(0);
}

int wmain(int argc, wchar_t** argv) {
    const unsigned long port = argc == 2 ? std::wcstoul(argv[1], nullptr, 10) : 0;
    if (port == 0 || port > 65535) {
        std::fputs("usage: first_echo PORT\n", stderr);
        return 2;
    }
    if (!::SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        fail("SetConsoleCtrlHandler", static_cast<int>(::GetLastError()));
    WSADATA data;
    if (const int error = ::WSAStartup(MAKEWORD(2, 2), &data); error != 0)
        fail("WSAStartup", error);
    const SOCKET listener = listen_on(static_cast<u_short>(port));
    std::printf("listening on 127.0.0.1:%lu\n", port);
    std::fflush(stdout);
    for (;;) {
        const SOCKET client = ::accept(listener, nullptr, nullptr);
        if (client == INVALID_SOCKET)
            fail("accept", ::WSAGetLastError());
        serve(client);
        ::closesocket(client);
    }
}
//! [program]
