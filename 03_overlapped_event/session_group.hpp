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
/// A thread can wait for 64 handles at a time and no more. One of them is needed to wake it up.
class session_group {
public:
    /// Clients that it can serve.
    static constexpr std::size_t capacity = WSA_MAXIMUM_WAIT_EVENTS - 1;

    /// Starts the thread. Throws std::system_error.
    session_group();

    /// Cancels what is in flight, collects it, closes every connection and joins the thread.
    ~session_group();

    session_group(const session_group&) = delete;
    session_group& operator=(const session_group&) = delete;

    /// Takes the client, unless the group is full: then `socket` stays as it is. Any thread.
    bool add(win32::unique_socket& socket);

private:
    //! [session]
    struct session {
        win32::unique_socket socket;
        operation receive;
        operation send;
        operation* in_flight = nullptr; // one of the two, or none
        std::array<char, 16 * 1024> buffer;
        DWORD begin = 0; // bytes [begin, end) of the buffer are still to be sent back
        DWORD end = 0;
    };
    //! [session]

    void serve();
    void add_arrivals();
    void wait_and_advance();
    void cancel_all();
    static bool advance(session& self);
    static bool start_receive(session& self);
    static bool start_send(session& self);

    // The serving thread's own.
    std::vector<std::unique_ptr<session>> sessions_;

    std::mutex mutex_; // guards the next three
    std::size_t size_ = 0;
    std::vector<win32::unique_socket> arrivals_;
    bool stopping_ = false;

    win32::unique_handle wake_;
    std::thread thread_;
};

} // namespace overlapped_event
