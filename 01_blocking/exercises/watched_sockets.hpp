/// \file
/// Watches the sockets of threads that wait, and holds a thread just before its call.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/windows.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace exercise {

/// Knows which socket each thread uses, from before its accept or recv begins until it has
/// returned. A thread can be held before the call: there it has looked at all flags, and no cancel
/// reaches it.
///
/// Whoever waits here gives up after `most`: a repair may wait in other calls than these.
///
/// Threads: any. Calls of the thread that called begin() are left alone. There is one such object,
/// and it is never destroyed: threads may be in its wrappers.
class watched_sockets {
public:
    enum class call { none, accept, recv };

    /// Begins to watch. `at_wrong_close` is called when a thread is about to close a socket that
    /// another thread uses. Throws std::system_error.
    static void begin(std::function<void(call used_in)> at_wrong_close) {
        instance_ = new watched_sockets{std::move(at_wrong_close)};
    }

    /// Returns when so many threads are in their `which`.
    static void wait_until_in(call which, std::ptrdiff_t threads) {
        self().wait([=] {
            return std::count_if(self().uses_.begin(), self().uses_.end(),
                                 [which](const use& each) { return each.in == which; }) >= threads;
        });
    }

    /// Holds the next thread that comes to its `which`.
    static void hold_next(call which) {
        const std::lock_guard lock{self().mutex_};
        self().to_hold_ = which;
        self().held_ = INVALID_SOCKET;
        self().is_cancelled_ = false;
    }

    static void wait_until_held() {
        self().wait([] { return self().held_ != INVALID_SOCKET; });
    }

    /// Returns when CancelIoEx has been called for the socket of the thread that is held: it has
    /// found nothing.
    static void wait_until_cancelled() {
        self().wait([] { return self().is_cancelled_; });
    }

    /// Lets the thread that is held make its call, and holds nobody from now on.
    static void let_go() {
        const std::lock_guard lock{self().mutex_};
        self().to_hold_ = call::none;
        self().held_ = INVALID_SOCKET;
        self().changed_.notify_all();
    }

private:
    struct use {
        DWORD thread;
        SOCKET socket;
        call in;
    };

    explicit watched_sockets(std::function<void(call)> at_wrong_close)
        : at_wrong_close_{std::move(at_wrong_close)} {}

    static watched_sockets& self() { return *instance_; }

    template <class Condition>
    void wait(Condition condition) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, most, condition);
    }

    // Makes a call that uses `socket`.
    template <class Call>
    auto made(call which, SOCKET socket, Call make) {
        const DWORD thread = ::GetCurrentThreadId();
        if (thread == tester_)
            return make();
        {
            std::unique_lock lock{mutex_};
            uses_.push_back({thread, socket, which});
            if (which == to_hold_) {
                to_hold_ = call::none;
                held_ = socket;
            }
            changed_.notify_all();
            changed_.wait(lock, [&] { return held_ != socket; });
        }
        const auto result = make();
        const int error = ::WSAGetLastError();
        {
            const std::lock_guard lock{mutex_};
            std::erase_if(uses_, [thread](const use& each) { return each.thread == thread; });
        }
        ::WSASetLastError(error);
        return result;
    }

    static SOCKET WSAAPI accept(SOCKET listener, sockaddr* address, int* size) {
        return self().made(call::accept, listener, [=] {
            return reinterpret_cast<decltype(&::accept)>(original_accept_.load())(listener, address,
                                                                                  size);
        });
    }

    static int WSAAPI recv(SOCKET socket, char* buffer, int size, int flags) {
        return self().made(call::recv, socket, [=] {
            return reinterpret_cast<decltype(&::recv)>(original_recv_.load())(socket, buffer, size,
                                                                              flags);
        });
    }

    static int WSAAPI close(SOCKET socket) {
        call used_in = call::none;
        {
            const std::lock_guard lock{self().mutex_};
            for (const use& each : self().uses_)
                if (each.socket == socket && each.thread != ::GetCurrentThreadId())
                    used_in = each.in;
        }
        if (used_in != call::none)
            self().at_wrong_close_(used_in);
        return reinterpret_cast<decltype(&::closesocket)>(original_close_.load())(socket);
    }

    // A call that has begun may not have come to the wait inside of it yet. So the cancel is
    // repeated until the call has ended: a thread that is held is the only one that is missed.
    static BOOL WINAPI cancel(HANDLE handle, OVERLAPPED* operation) {
        const auto socket = reinterpret_cast<SOCKET>(handle);
        const auto original = reinterpret_cast<decltype(&::CancelIoEx)>(original_cancel_.load());
        const BOOL found = original(handle, operation);
        const DWORD error = ::GetLastError();
        const auto end = std::chrono::steady_clock::now() + most;
        while (self().is_waiting_on(socket) && std::chrono::steady_clock::now() < end) {
            ::SleepEx(1, FALSE);
            original(handle, operation);
        }
        {
            const std::lock_guard lock{self().mutex_};
            if (socket == self().held_)
                self().is_cancelled_ = true;
            self().changed_.notify_all();
        }
        ::SetLastError(error);
        return found;
    }

    // Whether a thread that is not held uses `socket`.
    [[nodiscard]] bool is_waiting_on(SOCKET socket) {
        const std::lock_guard lock{mutex_};
        return socket != held_ && std::any_of(uses_.begin(), uses_.end(), [=](const use& each) {
                   return each.socket == socket;
               });
    }

    static constexpr std::chrono::seconds most{1};

    static inline watched_sockets* instance_ = nullptr;
    static inline std::atomic<void*> original_accept_{nullptr};
    static inline std::atomic<void*> original_recv_{nullptr};
    static inline std::atomic<void*> original_close_{nullptr};
    static inline std::atomic<void*> original_cancel_{nullptr};

    const DWORD tester_ = ::GetCurrentThreadId();
    const std::function<void(call)> at_wrong_close_;
    std::mutex mutex_; // guards the next five
    std::condition_variable changed_;
    std::vector<use> uses_;
    call to_hold_ = call::none;
    SOCKET held_ = INVALID_SOCKET; // which the thread that is held uses
    bool is_cancelled_ = false;

    const std::array<trace::hook, 4> hooks_{
        {{"accept", L"ws2_32.dll", reinterpret_cast<void*>(&accept), &original_accept_},
         {"recv", L"ws2_32.dll", reinterpret_cast<void*>(&recv), &original_recv_},
         {"closesocket", L"ws2_32.dll", reinterpret_cast<void*>(&close), &original_close_},
         {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(&cancel), &original_cancel_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
