/// \file
/// Tells whether the program's other threads rest while nothing happens.
#pragma once

#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "testing/loopback.hpp"
#include "trace/hooks/import_table.hpp"
#include "trace/recorder.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <span>
#include <string>

namespace exercise {

// From the start on: threads may keep the addresses of their calls. No recorder has this one.
inline const counted_calls<decltype(::Sleep)> sleeps{"Sleep", L"kernel32.dll"};

/// Counts the waits for sockets, from the start on, as `sleeps` does. A recorder does not always
/// find them then: Visual Studio's programs import `select` by number, and its place is taken.
class socket_waits {
public:
    /// Those that have begun with a time limit, neither 0 nor infinite.
    [[nodiscard]] unsigned limited() const noexcept { return limited_; }

    /// Those that have returned.
    [[nodiscard]] unsigned returned() const noexcept { return returned_; }

private:
    template <class Function>
    static auto counted(bool is_limited, const std::atomic<void*>& original, auto... arguments) {
        limited_ += is_limited ? 1 : 0;
        const auto result = reinterpret_cast<Function*>(original.load())(arguments...);
        ++returned_;
        return result;
    }

    static int WSAAPI poll(WSAPOLLFD* sockets, ULONG count, INT milliseconds) {
        return counted<decltype(::WSAPoll)>(milliseconds > 0, poll_, sockets, count, milliseconds);
    }

    static int WSAAPI select(int count, fd_set* read, fd_set* write, fd_set* except,
                             timeval* limit) {
        return counted<decltype(::select)>(limit != nullptr &&
                                               (limit->tv_sec != 0 || limit->tv_usec != 0),
                                           select_, count, read, write, except, limit);
    }

    static DWORD WSAAPI wait(DWORD count, const WSAEVENT* events, BOOL all, DWORD milliseconds,
                             BOOL alertable) {
        return counted<decltype(::WSAWaitForMultipleEvents)>(
            milliseconds != 0 && milliseconds != WSA_INFINITE, wait_, count, events, all,
            milliseconds, alertable);
    }

    static inline std::atomic<unsigned> limited_{0};
    static inline std::atomic<unsigned> returned_{0};
    static inline std::atomic<void*> poll_{nullptr};
    static inline std::atomic<void*> select_{nullptr};
    static inline std::atomic<void*> wait_{nullptr};

    const std::array<trace::hook, 3> hooks_{
        {{"WSAPoll", L"ws2_32.dll", reinterpret_cast<void*>(&poll), &poll_},
         {"select", L"ws2_32.dll", reinterpret_cast<void*>(&select), &select_},
         {"WSAWaitForMultipleEvents", L"ws2_32.dll", reinterpret_cast<void*>(&wait), &wait_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};
inline const socket_waits waits;

/// A step that expects `what`. It fails if other threads come back from more than `most` calls on
/// sockets, or sleep in between, while this thread sends itself 200 bytes, one by one, and half a
/// second passes; or if a wait for sockets has had a time limit, however long.
///
/// A thread that rests is inside one call, which does not return, so no machine is too slow for it,
/// and no time too long. One that spins makes about as many calls as this thread; one that spins
/// slowly, with a sleep or a time limit, makes a few in half a second. `most` leaves room for the
/// end of a turn that had begun before.
inline void expect_rest(const std::string& what, unsigned most = 3) {
    expect(what, std::chrono::minutes{2}); // this thread's own time on a busy machine
    constexpr std::array watched{
        trace::call::accept,  trace::call::recv,    trace::call::send,       trace::call::WSARecv,
        trace::call::WSASend, trace::call::SleepEx, trace::call::ioctlsocket};
    const harness::socket_pair own = harness::make_socket_pair();
    const unsigned sleeps_before = sleeps.begun();
    const unsigned waits_before = waits.returned();
    trace::recorder recorder{256}; // chunks: more events than a thread can cause meanwhile
    const auto enough = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
    for (int i = 0; i < 200; ++i) {
        char byte = 'x';
        if (::send(own.client.get(), &byte, 1, 0) != 1 ||
            ::recv(own.server.get(), &byte, 1, 0) != 1)
            win32::throw_last_socket_error("a connection of the check's own");
    }
    while (std::chrono::steady_clock::now() < enough)
        ::SleepEx(10, FALSE);
    const trace::recording made = recorder.stop();

    std::map<std::string, unsigned> calls;
    const unsigned slept = sleeps.begun() - sleeps_before;
    const unsigned waited = waits.returned() - waits_before;
    unsigned sum = slept + waited;
    if (slept != 0)
        calls["Sleep"] = slept;
    if (waited != 0)
        calls["its wait"] = waited;
    for (const trace::event* each : made.events)
        if (each->kind == trace::event_kind::call && each->thread_id != ::GetCurrentThreadId() &&
            std::find(watched.begin(), watched.end(), each->which) != watched.end()) {
            ++calls[trace::info(each->which).name];
            ++sum;
        }
    std::string got;
    for (const auto& [name, count] : calls)
        got += (got.empty() ? "" : ", ") + std::to_string(count) + " from " + name;
    require(sum <= most, "meanwhile it came back from " + std::to_string(sum) +
                             " calls, none of which had anything to do: " + got);
    require(waits.limited() == 0,
            "its wait has a time limit: it will come back with nothing to do");
}

} // namespace exercise
