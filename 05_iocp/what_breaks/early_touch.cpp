// Early touch: a session is used after the call that started its operation.
//
// Documented (I/O completion ports): the packet is queued when the operation completes. No page
// promises that the call which started it has returned by then, on its own thread.
#include "demos.hpp"
#include "setting.hpp"

#include "win32/thread.hpp"

#include <cstdio>
#include <memory>
#include <new>
#include <thread>
#include <utility>

namespace what_breaks {

namespace {

struct session {
    win32::unique_socket socket;
    OVERLAPPED in_flight{};
    char byte = 0;
    int receives = 0; // how many have been started
};

// The session has a page of memory to itself. When it is freed, the page is taken away, and any
// access to it faults at once. On the heap the freed bytes may look whole for a long time.
session* page = nullptr;

session* make_session() {
    page = static_cast<session*>(
        ::VirtualAlloc(nullptr, sizeof(session), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
    if (page == nullptr)
        win32::throw_last_error("VirtualAlloc");
    return new (page) session;
}

void free_session(session* self) {
    std::destroy_at(self);
    ::VirtualFree(self, 0, MEM_DECOMMIT); // the address stays reserved: nobody else gets it
}

// Runs first when a thread faults. Windows would end the program, too, with fewer words.
LONG CALLBACK explain(EXCEPTION_POINTERS* what) {
    const EXCEPTION_RECORD& record = *what->ExceptionRecord;
    if (record.ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    const ULONG_PTR address = record.ExceptionInformation[1];
    const ULONG_PTR begin = reinterpret_cast<ULONG_PTR>(page);
    if (address < begin || address >= begin + sizeof(session))
        return EXCEPTION_CONTINUE_SEARCH;
    std::printf("starter: access violation, %s of address %p: the session that the worker freed\n",
                record.ExceptionInformation[0] == 0 ? "read" : "write",
                reinterpret_cast<void*>(address));
    std::fflush(stdout);
    ::TerminateProcess(::GetCurrentProcess(), 3);
    return EXCEPTION_CONTINUE_SEARCH;
}

//! [early-touch]
void start_receive(session& self, HANDLE is_freed) {
    ++self.receives;
    WSABUF buffer{1, &self.byte};
    DWORD flags = 0;
    require_started(
        ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight, nullptr),
        "WSARecv");
    // The scheduler may stop a thread between any two lines, for any time. To show what may happen
    // meanwhile, this one stops until the worker has taken the packet and freed the session.
    ::WaitForSingleObject(is_freed, INFINITE);
    std::printf("starter: receive %d has been started\n", self.receives); // the early touch
}

void start_receive_mended(session& self, HANDLE is_freed) {
    const int number = ++self.receives;
    WSABUF buffer{1, &self.byte};
    DWORD flags = 0;
    require_started(
        ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight, nullptr),
        "WSARecv");
    ::WaitForSingleObject(is_freed, INFINITE);
    std::printf("starter: receive %d has been started\n", number); // a copy, made before
}
//! [early-touch]

void work(HANDLE port, HANDLE is_freed) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* overlapped = nullptr;
    if (!::GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE))
        give_up(::GetLastError(), "GetQueuedCompletionStatus");
    std::printf("worker:  received %lu bytes: the client has left, and the session is freed\n",
                bytes);
    free_session(reinterpret_cast<session*>(key));
    ::SetEvent(is_freed);
}

} // namespace

void early_touch(bool mended) {
    ::AddVectoredExceptionHandler(TRUE, explain);
    connection ends = connect_to_self();
    session* const self = make_session();
    self->socket = std::move(ends.ours);
    const win32::unique_handle port =
        make_port(self->socket.get(), reinterpret_cast<ULONG_PTR>(self));
    const win32::unique_handle is_freed = make_event();
    if (::shutdown(ends.peer.get(), SD_SEND) != 0) // the client leaves: a receive brings 0 bytes
        win32::throw_last_socket_error("shutdown");

    std::thread worker = win32::make_thread(work, port.get(), is_freed.get());
    (mended ? start_receive_mended : start_receive)(*self, is_freed.get());
    worker.join();
}

} // namespace what_breaks
