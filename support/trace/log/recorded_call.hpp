/// \file
/// What a wrapper says about the call that it passes on.
#pragma once

#include "event.hpp"
#include "thread_log.hpp"

#include <cstdint>

namespace trace {

/// One call, from before it is passed on until after it has returned.
///
/// The last error (of Win32 and Winsock, which share it) goes through unchanged: the constructor
/// leaves it as it was, returned() reads it on the first line after the call, and the destructor
/// sets it again.
/// \code
/// int WSAAPI hook_recv(SOCKET socket, char* buffer, int size, int flags) {
///     recorded_call recorded{call::recv, socket};
///     const int result = original<call::recv>(::recv)(socket, buffer, size, flags);
///     recorded.returned(result != SOCKET_ERROR);
///     …
/// \endcode
class recorded_call {
public:
    recorded_call(call which, std::uint64_t handle) noexcept;
    recorded_call(call which, HANDLE handle) noexcept
        : recorded_call{which,
                        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(handle))} {}
    ~recorded_call();
    recorded_call(const recorded_call&) = delete;
    recorded_call& operator=(const recorded_call&) = delete;

    /// The call is about to start an operation. Nothing happens without an OVERLAPPED.
    void issues(const OVERLAPPED* overlapped) noexcept;

    /// The wait is one that completion routines may interrupt.
    void alertable(BOOL yes) noexcept;

    /// The wait may not last, when `milliseconds` is 0.
    void patience(DWORD milliseconds) noexcept { waits_ = waits_ && milliseconds != 0; }

    /// The call has returned. To be called next.
    void returned(bool good) noexcept;

    /// It is good, but says nothing of the operation that it has started: that goes on.
    void started() noexcept { result_ = outcome::pending; }

    /// It was a wait, and its time was up.
    void timed_out() noexcept { result_ = outcome::timeout; }

    /// It has moved so many bytes.
    void moved(DWORD bytes) noexcept;

    /// It has brought the completion of an operation.
    void collected(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept;

    [[nodiscard]] DWORD error() const noexcept { return error_; }

private:
    call which_;
    outcome result_ = outcome::ok;
    bool waits_;
    std::uint8_t flags_ = 0;
    DWORD error_;
    DWORD bytes_ = 0;
    std::uint64_t handle_;
    std::uint64_t end_ = 0;
    std::uint64_t operation_ = 0;
    std::uint32_t session_ = 0;
    std::uint32_t number_ = 0;
    thread_log* log_;
};

/// One completion routine, as it runs.
class recorded_routine {
public:
    /// Writes down that the operation has completed, and finds the program's own routine.
    recorded_routine(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept;
    ~recorded_routine();
    recorded_routine(const recorded_routine&) = delete;
    recorded_routine& operator=(const recorded_routine&) = delete;

    /// The program's own routine.
    template <class Routine>
    [[nodiscard]] Routine routine() const noexcept {
        return reinterpret_cast<Routine>(found_.routine);
    }

private:
    routine_table::entry found_;
    std::uint64_t sequence_ = 0;
    std::uint32_t session_ = 0;
    thread_log* log_ = nullptr;
};

/// Remembers `routine` for the operation that the calling thread is about to start. False: it
/// cannot, and the system must get the program's routine itself. Keeps the last error.
[[nodiscard]] bool remember_routine(const OVERLAPPED* overlapped, void* routine,
                                    call which) noexcept;

/// The operation has failed at once: its routine will not be called. Keeps the last error.
void forget_routine(const OVERLAPPED* overlapped) noexcept;

} // namespace trace
