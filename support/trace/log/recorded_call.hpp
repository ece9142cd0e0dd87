/// \file
/// A call as its wrapper describes it to the recorder.
#pragma once

#include "event.hpp"
#include "thread_log.hpp"

#include <cstdint>
#include <type_traits>

namespace trace {

/// One call, from before it is passed on until after it has returned.
///
/// The last error (one for Win32 and Winsock) goes through unchanged: the constructor leaves it as
/// it was, returned() reads it first thing after the call, and the destructor sets it again.
/// \code
/// int WSAAPI hook_recv(SOCKET socket, char* buffer, int size, int flags) {
///     recorded_call recorded{call::recv, socket};
///     const int result = recorded.returned(
///         SOCKET_ERROR, original<call::recv>(::recv)(socket, buffer, size, flags));
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

    /// Tells that the call is about to start an operation. Does nothing without an OVERLAPPED.
    void issues(const OVERLAPPED* overlapped) noexcept;

    /// Tells whether completion routines may interrupt the wait.
    void alertable(BOOL yes) noexcept;

    /// Tells the time limit of a wait: at 0 the call does not wait.
    void patience(DWORD milliseconds) noexcept { waits_ = waits_ && milliseconds != 0; }

    /// Tells that the call has returned `result`, which is `failure` if it has failed, and returns
    /// it. Nothing may call Windows in between.
    template <class Result>
    Result returned(Result failure, std::type_identity_t<Result> result) noexcept {
        ended(result != failure);
        return result;
    }

    /// Tells that the operation which the call has started goes on, although the call is good.
    void started() noexcept { result_ = outcome::pending; }

    /// Tells that the time limit of the wait has passed.
    void timed_out() noexcept { result_ = outcome::timeout; }

    /// Tells how many bytes the call has moved.
    void moved(DWORD bytes) noexcept;

    /// Tells that the call has brought the completion of an operation.
    void collected(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept;

    [[nodiscard]] DWORD error() const noexcept { return error_; }

private:
    void ended(bool good) noexcept;

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

/// One completion routine, or one callback of Windows' thread pool, as it runs.
class recorded_routine {
public:
    /// Writes down that the operation has completed, and looks up the program's own routine.
    recorded_routine(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept;
    /// Writes down that the operation has completed, and is told by a callback that the call
    /// `agreed_by` has named for all operations of a handle.
    recorded_routine(const OVERLAPPED* overlapped, DWORD bytes, DWORD error,
                     call agreed_by) noexcept;
    ~recorded_routine();
    recorded_routine(const recorded_routine&) = delete;
    recorded_routine& operator=(const recorded_routine&) = delete;

    /// The program's own routine.
    template <class Routine>
    [[nodiscard]] Routine routine() const noexcept {
        return reinterpret_cast<Routine>(found_.routine);
    }

private:
    void begin(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept;

    routine_table::entry found_;
    std::uint64_t sequence_ = 0;
    std::uint32_t session_ = 0;
    thread_log* log_ = nullptr;
};

/// Remembers `routine` for the operation that the calling thread is about to start. Returns false
/// when it cannot: then the system must get the program's routine itself. Keeps the last error.
[[nodiscard]] bool remember_routine(const OVERLAPPED* overlapped, void* routine,
                                    call which) noexcept;

/// Forgets the routine of an operation that has failed at once. Keeps the last error.
void forget_routine(const OVERLAPPED* overlapped) noexcept;

} // namespace trace
