/// \file
/// An operation: an OVERLAPPED, and the event that tells when it has completed.
#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <cstdint>

namespace overlapped_event {

//! [operation]
/// From the call that starts the operation until its completion has been collected, Windows owns
/// this object and the buffer that was passed along: neither may be freed, moved or used again.
/// Every operation has an event of its own: a shared one would not tell which has completed.
struct operation : OVERLAPPED {
    // The event is manual-reset: an auto-reset one would be unsignaled after the first wait.
    operation() : OVERLAPPED{}, event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
        if (!event)
            win32::throw_last_error("CreateEventW");
    }
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    /// Makes it ready to be started at `offset` in its file. Call it before each use. The call that
    /// starts the operation sets the event to unsignaled.
    void prepare(std::uint64_t offset = 0) noexcept {
        static_cast<OVERLAPPED&>(*this) = {};
        Offset = static_cast<DWORD>(offset);
        OffsetHigh = static_cast<DWORD>(offset >> 32);
        hEvent = event.get();
    }

    win32::unique_handle event; ///< signaled when the operation has completed
};
//! [operation]

} // namespace overlapped_event
