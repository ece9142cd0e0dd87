#pragma once

#include "win32/winsock.hpp"

#include <cstddef>

namespace overlapped_event {

/// Serves its clients on a thread of its own, until the destructor.
///
/// A thread can wait for at most 64 handles at a time. One of them is needed to wake it.
class session_group {
public:
    /// The most clients that a group can serve.
    static constexpr std::size_t capacity = WSA_MAXIMUM_WAIT_EVENTS - 1;

    /// Starts the thread. Throws std::system_error, or std::bad_alloc.
    session_group();

    /// Cancels and collects every operation, closes every connection and joins the thread.
    ~session_group();

    session_group(const session_group&) = delete;
    session_group& operator=(const session_group&) = delete;

    /// Takes the client and returns true, unless the group is full: then `socket` stays as it is.
    /// Throws std::bad_alloc, and leaves `socket` likewise. Threads: any.
    bool add(win32::unique_socket& socket);

private:
    // Yours: the sessions with their operations, the new clients, the event that wakes the thread.
};

} // namespace overlapped_event
