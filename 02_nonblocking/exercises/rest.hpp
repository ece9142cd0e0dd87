/// \file
/// Tells whether the program's other threads rest while nothing happens.
#pragma once

#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "testing/loopback.hpp"
#include "trace/recorder.hpp"
#include "win32/error.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>

namespace exercise {

// From the start on: threads may keep the addresses of their calls. No recorder has this one.
inline const counted_calls<decltype(::Sleep)> sleeps{"Sleep", L"kernel32.dll"};

/// A step that expects `what`. It fails if other threads come back from more than `most` calls on
/// sockets, or sleep in between, while this thread sends itself 200 bytes, one by one, and half a
/// second passes.
///
/// A thread that rests is inside one call, which does not return, so no machine is too slow for it,
/// and no time too long. One that spins makes about as many calls as this thread; one that spins
/// slowly, with a sleep or a time limit, makes a few in half a second. `most` leaves room for the
/// end of a turn that had begun before.
inline void expect_rest(const std::string& what, unsigned most = 3) {
    expect(what, std::chrono::minutes{2}); // this thread's own time on a busy machine
    constexpr std::array watched{trace::call::accept,      trace::call::recv,
                                 trace::call::send,        trace::call::select,
                                 trace::call::WSAPoll,     trace::call::WSARecv,
                                 trace::call::WSASend,     trace::call::SleepEx,
                                 trace::call::ioctlsocket, trace::call::WSAWaitForMultipleEvents};
    const harness::socket_pair own = harness::make_socket_pair();
    const unsigned sleeps_before = sleeps.begun();
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
    unsigned sum = sleeps.begun() - sleeps_before;
    if (sum != 0)
        calls["Sleep"] = sum;
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
}

} // namespace exercise
