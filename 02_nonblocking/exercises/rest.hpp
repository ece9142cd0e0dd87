/// \file
/// Tells whether the program's other threads rest while nothing happens.
#pragma once

#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "trace/recorder.hpp"
#include "win32/error.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>

namespace exercise {

/// A step that expects `what`. It fails if other threads come back from more than `most` calls on
/// sockets while this thread sends itself 200 bytes, one by one.
///
/// A thread that rests is inside one call, which does not return, so no machine is too slow for it.
/// One that spins makes about as many calls as this thread. `most` leaves room for the end of a
/// turn that had begun before.
inline void expect_rest(const std::string& what, unsigned most = 3) {
    expect(what, std::chrono::minutes{2}); // this thread's own time on a busy machine
    constexpr std::array watched{trace::call::accept,  trace::call::recv,
                                 trace::call::send,    trace::call::select,
                                 trace::call::WSAPoll, trace::call::WSARecv,
                                 trace::call::WSASend, trace::call::WSAWaitForMultipleEvents};
    const harness::socket_pair own = harness::make_socket_pair();
    trace::recorder recorder{256}; // chunks: more events than a thread can cause meanwhile
    for (int i = 0; i < 200; ++i) {
        char byte = 'x';
        if (::send(own.client.get(), &byte, 1, 0) != 1 ||
            ::recv(own.server.get(), &byte, 1, 0) != 1)
            win32::throw_last_socket_error("a connection of the check's own");
    }
    const trace::recording made = recorder.stop();

    std::map<std::string, unsigned> calls;
    unsigned sum = 0;
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
