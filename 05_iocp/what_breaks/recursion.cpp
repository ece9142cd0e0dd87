// Recursion: in skip mode, a handler calls itself whenever its next receive is done at once.
//
// Documented (SetFileCompletionNotificationModes): an operation that succeeds at once queues no
// packet in this mode. So the thread that has made the call has to handle the result.
#include "demos.hpp"
#include "setting.hpp"

#include <cstdio>
#include <string>

namespace what_breaks {
namespace {

constexpr ULONG_PTR stack_size = 1024 * 1024; // what a thread has by default, as documented
constexpr ULONG_PTR reserve = 64 * 1024;      // the part of it that stays untouched here

// A client whose messages have a byte each. All of them have arrived.
struct session {
    SOCKET socket;
    void (*handler)(session&);
    unsigned to_come; // messages that are not handled yet
    OVERLAPPED in_flight{};
    char byte = 0;
    unsigned depth = 0; // handlers that have not returned yet
    unsigned deepest = 0;
    ULONG_PTR stack_begin = 0; // address of a local variable before the first handler
    ULONG_PTR stack_end = 0;   // and of one in the deepest handler
    ULONG_PTR stack_left = stack_size;
};

// Returns true if the receive is done at once: no packet comes for it.
bool start_receive(session& self) {
    self.in_flight = {};
    WSABUF buffer{1, &self.byte};
    DWORD bytes = 0;
    DWORD flags = 0;
    return require_started(
        ::WSARecv(self.socket, &buffer, 1, &bytes, &flags, &self.in_flight, nullptr), "WSARecv");
}

// Handles a message, and measures the stack of its handler.
void handle_message(session& self) {
    --self.to_come;
    if (self.depth <= self.deepest)
        return;
    self.deepest = self.depth;
    ULONG_PTR low, high;
    ::GetCurrentThreadStackLimits(&low, &high);
    self.stack_end = reinterpret_cast<ULONG_PTR>(&low);
    self.stack_left = self.stack_end - low;
}

bool wants_more(const session& self) {
    return self.to_come != 0 && self.stack_left > reserve;
}

//! [recursion]
// Each message that is there already is handled one level deeper.
void on_received(session& self) {
    ++self.depth;
    handle_message(self);
    if (wants_more(self) && start_receive(self))
        on_received(self);
    --self.depth;
}

// The handler returns to the same level, and a loop goes on from there.
void on_received_mended(session& self) {
    ++self.depth;
    do {
        handle_message(self);
    } while (wants_more(self) && start_receive(self));
    --self.depth;
}
//! [recursion]

DWORD WINAPI serve(void* parameter) {
    session& self = *static_cast<session*>(parameter);
    self.stack_begin = reinterpret_cast<ULONG_PTR>(&parameter);
    if (start_receive(self))
        self.handler(self);
    return 0;
}

// Waits until `bytes` have arrived at `socket`. Throws std::system_error.
void wait_for(SOCKET socket, u_long bytes) {
    const ULONGLONG deadline = ::GetTickCount64() + 30'000; // only a failure comes so far
    for (u_long arrived = 0; arrived < bytes; ::Sleep(1)) {
        if (::ioctlsocket(socket, FIONREAD, &arrived) != 0)
            win32::throw_last_socket_error("ioctlsocket FIONREAD");
        if (arrived < bytes && ::GetTickCount64() >= deadline)
            win32::throw_error(WSAETIMEDOUT, "ioctlsocket FIONREAD");
    }
}

void show(unsigned messages, void (*handler)(session&)) {
    const connection ends = connect_to_self();
    const win32::unique_handle port = make_port(ends.ours.get());
    if (!::SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(ends.ours.get()),
                                              FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        win32::throw_last_error("SetFileCompletionNotificationModes");
    require_sent(ends.peer.get(), std::string(messages, 'x'));
    wait_for(ends.ours.get(), messages); // so that no receive will be pending

    session self{ends.ours.get(), handler, messages};
    const win32::unique_handle thread{::CreateThread(nullptr, stack_size, serve, &self,
                                                     STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr)};
    if (!thread)
        win32::throw_last_error("CreateThread");
    ::WaitForSingleObject(thread.get(), INFINITE);
    if (wants_more(self))
        give_up(WSA_IO_PENDING, "WSARecv");

    const ULONG_PTR used = self.stack_begin - self.stack_end;
    std::printf("%5u messages: depth %5u, %6llu bytes of stack", messages, self.deepest, used);
    if (self.deepest > 1)
        std::printf("%s; %llu more would use it up", self.to_come != 0 ? ", stopped" : "",
                    self.stack_left / (used / self.deepest));
    std::printf("\n");
}

} // namespace

void recursion(bool mended) {
    for (const unsigned messages : {1u, 100u, 1'000u, 10'000u, 20'000u})
        show(messages, mended ? on_received_mended : on_received);
}

} // namespace what_breaks
