/// \file
/// A request to stop, for which a thread can wait together with anything else.
///
/// Not std::stop_token: what waits for a Windows object can only be told by another one. An event
/// that a std::stop_callback sets would do, but the end of such a callback waits for one that still
/// runs on another thread, and that wait can miss its wake-up in GCC 12's library for Windows.
#pragma once

#include "win32/unique_resource.hpp"

#include <chrono>
#include <exception>
#include <memory>

namespace comparison {

/// What a measurement throws when it is told to stop.
class interrupted : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// Tells whether a stop has been requested. Threads: any; copies are the same token.
class stop_token {
public:
    /// Of nobody: no stop will be requested. Throws std::system_error.
    stop_token();

    [[nodiscard]] bool stop_requested() const noexcept;

    /// Set from the request on, for WaitForMultipleObjects. Lifetime: the token's.
    [[nodiscard]] HANDLE event() const noexcept { return event_->get(); }

private:
    friend class stop_source;
    explicit stop_token(std::shared_ptr<const win32::unique_handle> event) noexcept;

    std::shared_ptr<const win32::unique_handle> event_;
};

/// Where a stop is requested. Threads: any.
class stop_source {
public:
    /// Throws std::system_error.
    stop_source();

    void request_stop() const noexcept { ::SetEvent(event_->get()); }

    [[nodiscard]] stop_token get_token() const noexcept { return stop_token{event_}; }

private:
    std::shared_ptr<const win32::unique_handle> event_;
};

/// Returns after `time`. Throws `interrupted` as soon as `stop` is requested.
void pause(std::chrono::milliseconds time, const stop_token& stop);

} // namespace comparison
