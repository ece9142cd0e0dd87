/// \file
/// A blocking call on a thread of its own, for the tests of this chapter.
#pragma once

#include "testing/loopback.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/unique_resource.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

namespace blocking_test {

/// Makes `call` on a thread of its own: the test goes on while that one waits. The destructor
/// joins.
class second_thread {
public:
    explicit second_thread(std::function<void()> call)
        : thread_{[this, call = std::move(call)] {
              id_ = ::GetCurrentThreadId();
              ::SetEvent(started_.get());
              call();
              ::SetEvent(returned_.get());
          }} {
        ::WaitForSingleObject(started_.get(), INFINITE);
    }
    ~second_thread() { join(); }
    second_thread(const second_thread&) = delete;
    second_thread& operator=(const second_thread&) = delete;

    /// True once the thread waits inside recv, false if the call returns instead. Proof without a
    /// clock: recv waits alertably, an APC runs in nothing but an alertable wait, and this one
    /// runs. https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-recv#remarks
    [[nodiscard]] bool waits_in_recv() {
        const win32::unique_handle thread{::OpenThread(THREAD_SET_CONTEXT, FALSE, id_)};
        ::ResetEvent(waits_.get());
        const auto say_so = [](ULONG_PTR event) {
            ::SetEvent(reinterpret_cast<HANDLE>(event));
        };
        ::QueueUserAPC(say_so, thread.get(), reinterpret_cast<ULONG_PTR>(waits_.get()));
        const HANDLE either[] = {waits_.get(), returned_.get()};
        return ::WaitForMultipleObjects(2, either, FALSE, harness::deadline) == WAIT_OBJECT_0;
    }

    [[nodiscard]] bool has_returned() const {
        return ::WaitForSingleObject(returned_.get(), 0) == WAIT_OBJECT_0;
    }
    [[nodiscard]] DWORD id() const { return id_; }

    void join() {
        if (thread_.joinable())
            thread_.join();
    }

private:
    static win32::unique_handle make_event() {
        return win32::unique_handle{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    }

    // From the longest wait above on, a call that never returns is a failure, not a hang.
    harness::watchdog watchdog_{"a blocking call", std::chrono::seconds{30}};
    win32::unique_handle started_ = make_event();
    win32::unique_handle waits_ = make_event();
    win32::unique_handle returned_ = make_event();
    std::atomic<DWORD> id_ = 0;
    std::thread thread_; // last: it uses all of the above
};

} // namespace blocking_test
