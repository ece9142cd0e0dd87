/// \file
/// The way in for every operation on a pool, and the way out for every callback.
#pragma once

#include "win32/error.hpp"
#include "win32/slim_lock.hpp"
#include "win32/unique_resource.hpp"

#include <atomic>
#include <concepts>
#include <cstddef>
#include <mutex>
#include <shared_mutex>

namespace thread_pool {

/// Starts operations until it is closed, and knows when each of their callbacks has come to
/// leave(), and the last one to come there has returned.
///
/// Threads: any may call start() and leave(). One thread closes the gate, and then waits.
class operation_gate {
public:
    /// Open. Throws std::system_error when there is no event to be had.
    operation_gate() : last_returned_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
        if (!last_returned_)
            win32::throw_last_error("CreateEventW");
    }

    //! [start]
    /// Starts an operation on `io`: `call` makes the call, and returns whether it was good. Returns
    /// 0 if the operation has been started: its callback comes, and may have come already. Else
    /// none will come, and the error says why: that of the call, or 995 when the gate is closed.
    template <std::predicate Call>
    [[nodiscard]] DWORD start(PTP_IO io, Call call) noexcept {
        const std::shared_lock held{lock_};
        if (closed_)
            return ERROR_OPERATION_ABORTED;
        ++outstanding_;
        ::StartThreadpoolIo(io); // first: a completion not announced is ignored, or damages memory
        const DWORD error = call() ? ERROR_SUCCESS : static_cast<DWORD>(::WSAGetLastError());
        if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING)
            return ERROR_SUCCESS;
        ::CancelThreadpoolIo(io); // else the pool would expect it for ever
        --outstanding_;
        return error;
    }
    //! [start]

    /// Does `action` if the gate is open, which then stays open meanwhile.
    template <std::invocable Action>
    void if_open(Action action) noexcept {
        const std::shared_lock held{lock_};
        if (!closed_)
            action();
    }

    //! [leave]
    /// The last line of a callback. Whoever waits may destroy the gate a moment later: so the pool
    /// sets the event, when the callback has returned, and no line of ours does.
    void leave(PTP_CALLBACK_INSTANCE instance) noexcept {
        const HANDLE last_returned = last_returned_.get();
        if (--outstanding_ == 0)
            ::SetEventWhenCallbackReturns(instance, last_returned);
    }
    //! [leave]

    //! [close-and-wait]
    /// Closes the gate. From here on no operation is started. Returns false if it was closed.
    bool close() noexcept {
        const std::lock_guard alone{lock_};
        return !closed_.exchange(true);
    }

    /// Waits until each callback that is to come has been in leave(), and the last one there has
    /// returned. After close(), and once; in a callback it would wait for itself.
    void wait_for_callbacks() noexcept {
        if (--outstanding_ != 0)
            ::WaitForSingleObject(last_returned_.get(), INFINITE);
    }
    //! [close-and-wait]

    /// Whether it has been closed.
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

private:
    //! [gate-state]
    win32::slim_lock lock_; // held by many that start an operation, or by close() alone
    std::atomic<bool> closed_{false};
    // The operations whose callbacks have not come to leave(), and one for wait_for_callbacks().
    std::atomic<std::size_t> outstanding_{1};
    win32::unique_handle last_returned_; // an event: the callback that found 0 has returned
    //! [gate-state]
};

} // namespace thread_pool
