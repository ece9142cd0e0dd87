/// \file
/// A request to stop, for which a thread can wait together with other Windows objects.
///
/// std::stop_token would not do. A wait for Windows objects ends by an object only, so a
/// std::stop_callback would have to set an event; its destructor waits for a callback that runs on
/// another thread, and that wait can miss its wake-up in GCC 12's library for Windows.
#pragma once

#include "win32/unique_resource.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>

namespace comparison {

/// The exception of a measurement that is told to stop.
class interrupted : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// Tells whether a stop has been requested. Copies are the same token. Threads: any.
class stop_token {
public:
    /// Makes a token without a source: no stop is ever requested. Throws std::system_error.
    stop_token();

    [[nodiscard]] bool stop_requested() const noexcept;

    /// An event for WaitForMultipleObjects, set from the request on. Lifetime: the token's.
    [[nodiscard]] HANDLE event() const noexcept { return event_->get(); }

private:
    friend class stop_source;
    explicit stop_token(std::shared_ptr<const win32::unique_handle> event) noexcept;

    std::shared_ptr<const win32::unique_handle> event_;
};

/// The place to request a stop. Threads: any.
class stop_source {
public:
    /// Throws std::system_error.
    stop_source();

    void request_stop() const noexcept { ::SetEvent(event_->get()); }

    [[nodiscard]] stop_token get_token() const noexcept { return stop_token{event_}; }

private:
    std::shared_ptr<const win32::unique_handle> event_;
};

/// A token that the first Ctrl+C or Ctrl+Break stops, or the end of the console. A second Ctrl+C
/// ends the process at once. Throws std::system_error.
[[nodiscard]] stop_token stop_on_ctrl_c();

/// Waits for one of `objects` and returns its index; nothing when `patience` is over. Throws
/// `interrupted` when `stop` is requested and none of them is signaled, std::system_error.
[[nodiscard]] std::optional<std::size_t> wait_for_any(std::initializer_list<HANDLE> objects,
                                                      std::chrono::milliseconds patience,
                                                      const stop_token& stop);

/// Waits for `time`. Throws `interrupted` as soon as `stop` is requested.
void pause(std::chrono::milliseconds time, const stop_token& stop);

} // namespace comparison
