/// \file
/// Up to 63 clients, and the one thread that waits for all of them.
#pragma once

#include "operation.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

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
    //! [session]
    // One operation is in flight at a time: a receive if nothing is unsent, else a send. So each
    // session has one operation, and one event.
    struct session {
        win32::unique_socket socket;
        operation in_flight;
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // start of the bytes in the buffer that are still to be sent back
        DWORD end = 0;   // end of those bytes

        [[nodiscard]] bool has_unsent() const noexcept { return begin != end; }
    };
    //! [session]

    // None of these may throw: on a thread of the server that would end the program.
    void serve() noexcept;
    void wait_and_advance() noexcept;
    void add_arrivals() noexcept;
    static void start_receive(session& self) noexcept;
    static void start_send(session& self) noexcept;
    static void advance(session& self) noexcept;
    static void end(session& self) noexcept;
    void cancel_all() noexcept;

    win32::unique_handle wake_; // the event by which others end a wait

    // The members that only the serving thread uses.
    std::vector<std::unique_ptr<session>> sessions_;

    std::mutex mutex_;     // guards the next three
    std::size_t size_ = 0; // the number of sessions and arrivals
    std::vector<win32::unique_socket> arrivals_;
    bool stopping_ = false;

    std::thread thread_;
};

} // namespace overlapped_event
