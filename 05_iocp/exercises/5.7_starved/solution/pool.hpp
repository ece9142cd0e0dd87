#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <array>
#include <deque>
#include <functional>
#include <thread>
#include <utility>

namespace starved {

/// An operation, with the function that does its next step.
///
/// Lifetime: until that function has been called.
struct operation : OVERLAPPED {
    explicit operation(std::function<void()> next_step)
        : OVERLAPPED{}, completed{std::move(next_step)} {}

    const std::function<void()> completed; ///< called on the pool's thread
};

/// One thread, which completes operations. The handles on its port are in skip mode: an operation
/// that is done at once has no packet, and goes into the ready list instead.
class pool {
public:
    /// Makes the port, and starts the thread.
    pool() : port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)} {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
        thread_ = std::thread{&pool::work, this};
    }

    /// Ends the thread. What is ready by then is not completed any more.
    ~pool() {
        ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr);
        thread_.join();
    }

    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    /// The port: each packet with an OVERLAPPED brings an operation.
    [[nodiscard]] HANDLE port() const noexcept { return port_.get(); }

    /// Completes `what`, which was done at once, in its turn. To be called on the pool's thread.
    void done_at_once(operation& what) { ready_.push_back(&what); }

private:
    // A look at the port is a call of the system, so a busy list is interrupted for one only every
    // few operations. The packets then go to the end of the list: each side has its turn.
    void work() {
        constexpr unsigned operations_between_looks = 16;
        unsigned since_look = 0;
        while (!quitting_) {
            if (ready_.empty() || since_look++ == operations_between_looks) {
                collect(ready_.empty() ? INFINITE : 0);
                since_look = 0;
            } else {
                complete_first();
            }
        }
    }

    // Moves the packets to the end of the list. Waits for the first one for up to `milliseconds`.
    void collect(DWORD milliseconds) {
        std::array<OVERLAPPED_ENTRY, 64> packets;
        ULONG count = 0;
        if (!::GetQueuedCompletionStatusEx(port_.get(), packets.data(),
                                           static_cast<ULONG>(packets.size()), &count, milliseconds,
                                           FALSE))
            return; // nothing was taken
        for (ULONG i = 0; i < count; ++i)
            if (OVERLAPPED* const taken = packets[i].lpOverlapped)
                ready_.push_back(static_cast<operation*>(taken));
            else
                quitting_ = true; // the destructor's
    }

    void complete_first() {
        operation& first = *ready_.front();
        ready_.pop_front();
        first.completed();
    }

    win32::unique_handle port_;
    std::deque<operation*> ready_; // used by the thread alone, as the next one
    bool quitting_ = false;
    std::thread thread_;
};

} // namespace starved
