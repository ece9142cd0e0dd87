// Reordered: three receives are in flight on one socket, and four workers handle them.
//
// Documented (WSARecv): the buffers are filled in the order of the calls, if one thread makes them.
// Nothing orders the work of several threads: the scheduler may stop any of them, at any line.
#include "demos.hpp"
#include "setting.hpp"

#include "win32/thread.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace what_breaks {

namespace {

struct receive : OVERLAPPED {
    receive() : OVERLAPPED{} {}

    char byte = 0;
    std::size_t number = 0; // of its call of WSARecv
    bool is_here = false;   // whether its packet has been taken
    win32::unique_handle is_handled = make_event();
};

struct conversation {
    std::array<receive, 3> receives;
    std::mutex mutex; // guards all below
    std::string text; // the bytes, as they were handled
    std::size_t next = 0;
};

void handle_at_once(conversation& self, receive& taken) {
    const std::lock_guard lock{self.mutex};
    self.text += taken.byte;
}

//! [in-order]
// Handles the receives that are here, up to the first that is not. The lock makes it one thread's
// work at a time.
void handle_in_order(conversation& self, receive& taken) {
    const std::lock_guard lock{self.mutex};
    taken.is_here = true;
    for (; self.next < self.receives.size() && self.receives[self.next].is_here; ++self.next)
        self.text += self.receives[self.next].byte;
}
//! [in-order]

// One of the four workers. `handle` is handle_at_once, or in the mended form handle_in_order.
void work(HANDLE port, conversation& self, void (*handle)(conversation&, receive&)) {
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* overlapped = nullptr;
        if (!::GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE))
            give_up(::GetLastError(), "GetQueuedCompletionStatus");
        if (overlapped == nullptr)
            return; // a stop packet
        //! [reordered]
        receive& taken = static_cast<receive&>(*overlapped);
        // The scheduler may stop a worker right here, for any time. To show what it may do, this
        // worker stops until another has handled the next receive.
        if (taken.number + 1 < self.receives.size())
            ::WaitForSingleObject(self.receives[taken.number + 1].is_handled.get(), INFINITE);
        handle(self, taken);
        ::SetEvent(taken.is_handled.get());
        //! [reordered]
    }
}

// Lifetime: `what` is lent to Windows until its packet has been taken.
void start(SOCKET socket, receive& what) {
    WSABUF buffer{1, &what.byte};
    DWORD flags = 0;
    require_started(::WSARecv(socket, &buffer, 1, nullptr, &flags, &what, nullptr), "WSARecv");
}

} // namespace

void reordered(bool mended) {
    const connection ends = connect_to_self();
    const win32::unique_handle port = make_port(ends.ours.get());
    conversation self;
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i)
        workers.push_back(win32::make_thread(work, port.get(), std::ref(self),
                                             mended ? handle_in_order : handle_at_once));
    for (std::size_t i = 0; i < self.receives.size(); ++i) {
        self.receives[i].number = i;
        start(ends.ours.get(), self.receives[i]);
    }
    require_sent(ends.peer.get(), "now");

    for (const receive& each : self.receives)
        ::WaitForSingleObject(each.is_handled.get(), INFINITE);
    for (std::size_t i = 0; i < workers.size(); ++i)
        if (!::PostQueuedCompletionStatus(port.get(), 0, 0, nullptr))
            give_up(::GetLastError(), "PostQueuedCompletionStatus");
    for (std::thread& worker : workers)
        worker.join();

    std::string received;
    for (const receive& each : self.receives)
        received += each.byte;
    std::printf("received: %s\nhandled:  %s\n", received.c_str(), self.text.c_str());
}

} // namespace what_breaks
